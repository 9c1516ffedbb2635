import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { type RunningScript, runScript, runUpstreamHost } from "@rivetkit/engine-testkit";
import { vi } from "vitest";
import type { EngineOptions } from "../../engine-config/src/engine-options.ts";
import { builtPackage, type Sandbox } from "./sandbox.ts";

/** A moment in the start of a host at which the host is interrupted. */
export type Moment = "after the locks" | "after the spawn" | "after owner.json" | "before the unlock";

/** An interruption of a host during its start: SIGKILL, SIGSTOP, or an endless pause in which the host does nothing. */
export interface Interruption {
	readonly at: Moment;
	readonly by: "SIGKILL" | "SIGSTOP" | "hanging";
}

/** The result of a host's start. */
export type Outcome =
	| {
			readonly kind: "spawned" | "reused";
			readonly pid: number | undefined;
			readonly mismatch: readonly { readonly field: string }[];
			readonly tookMs: number;
	  }
	| { readonly kind: "failed"; readonly code: string | undefined; readonly message: string }
	/** The host was killed, or ended without output. */
	| { readonly kind: "gone" };

/** A host that has loaded everything and waits for a signal to start. */
export interface WaitingHost extends AsyncDisposable {
	readonly script: RunningScript;
	readonly outcome: Promise<Outcome>;
	go(): void;
}

/** Lines of a program that wait for SIGUSR2. The program has imported `once` of `node:events` before them. */
export const UNTIL_SIGNALLED = `
	const alive = setInterval(() => {}, 1000);
	const signalled = once(process, "SIGUSR2");
	console.log("ready");
	await signalled;
	clearInterval(alive);
`;

/** The program of a host. Each moment shows in its events and logs, so the packages need no seam for the interruptions. */
const HOST = `
	import { once } from "node:events";
	const [manager, options, interruption, waitsForSignal] = JSON.parse(process.argv[1]);
	const { startOrReuse } = await import(manager);
	const reach = (moment) => {
		if (moment !== interruption?.at) return;
		if (interruption.by === "hanging") {
			console.log("hanging");
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
		}
		process.kill(process.pid, interruption.by);
	};
	let probes = 0;
	const onEvent = ({ kind }) => {
		if (kind === "probing" && ++probes === 2) reach("after the locks");
		if (kind === "spawned") reach("after owner.json");
		if (kind === "healthy") reach("before the unlock");
		if (kind === "unlocked") console.log("unlocked");
	};
	const logger = { debug() {}, warn() {}, error() {}, info(fields, message) {
		if (message.startsWith("spawned engine process")) reach("after the spawn");
	} };
	if (waitsForSignal) {${UNTIL_SIGNALLED}}
	const startedAt = performance.now();
	try {
		const { startup } = await startOrReuse({ ...options, onEvent, logger });
		const { kind, mismatch = [], pid = startup.record?.identity.pid } = startup;
		console.log(JSON.stringify({ kind, pid, mismatch, tookMs: performance.now() - startedAt }));
	} catch (error) {
		console.log(JSON.stringify({ kind: "failed", code: error.code, message: error.message + " " + error.metadata?.hint }));
	}
	process.exit();
`;

/** Runs hosts of ours up to the point where they would start, and resolves when all of them wait there. */
export async function waitingHosts(
	box: Sandbox,
	hosts: readonly { readonly options?: EngineOptions; readonly interruption?: Interruption | undefined }[],
): Promise<readonly WaitingHost[]> {
	return await Promise.all(
		hosts.map(async ({ options = {}, interruption }) => {
			const settings = hostSettings({ ...box.options, ...options }, interruption, true);
			return await waiting(runScript(HOST, { env: hostVariables(box), args: [settings] }));
		}),
	);
}

/** Starts a host and resolves when it has stopped (SIGSTOP) at a moment of its start. */
export async function stoppedHost(box: Sandbox, at: Moment): Promise<WaitingHost> {
	const [host] = await waitingHosts(box, [{ interruption: { at, by: "SIGSTOP" } }]);
	if (host === undefined) throw new Error("There is no host.");
	host.go();
	await untilStopped(host.script.pid);
	return host;
}

/** Waits until a process is stopped. */
export async function untilStopped(pid: number): Promise<void> {
	const isStopped = async () => /^\d+ \(.*\) T /s.test(await readFile(`/proc/${pid}/stat`, "utf8"));
	await vi.waitUntil(isStopped, { timeout: 30_000 });
}

/** Runs a host that starts an engine as rivetkit does, up to the point where it would start. */
export async function waitingUpstreamHost({ storageRoot, port, ...box }: Sandbox): Promise<WaitingHost> {
	return await waiting(
		runUpstreamHost(
			{ storageRoot, port, waitsForSignal: true },
			hostVariables({ storageRoot, port, ...box }),
		),
	);
}

/** Starts a host in a pid namespace of its own, where it hangs at a moment of its start. Only root can. */
export async function namespacedHost(box: Sandbox, at: Moment): Promise<AsyncDisposable> {
	const settings = hostSettings(box.options, { at, by: "hanging" }, false);
	const node = [process.execPath, "--input-type=module", "-e", HOST, "--", settings];
	const unshare = spawn("unshare", ["--pid", "--fork", "--mount-proc", "--kill-child", ...node], {
		env: { ...process.env, ...hostVariables(box) },
		stdio: ["ignore", "pipe", "inherit"],
	});
	const exited = once(unshare, "exit");
	const [line] = await Promise.race([once(unshare.stdout, "data"), exited]);
	if (String(line) !== "hanging\n") throw new Error(`The host does not hang, but says '${line}'.`);
	return {
		async [Symbol.asyncDispose]() {
			unshare.kill("SIGKILL");
			await exited;
		},
	};
}

function hostSettings(
	options: EngineOptions,
	interruption: Interruption | undefined,
	waitsForSignal: boolean,
): string {
	return JSON.stringify([builtPackage("engine-manager"), options, interruption ?? null, waitsForSignal]);
}

/** Waits until a program has reached {@link UNTIL_SIGNALLED}. */
export async function untilReady(script: RunningScript): Promise<void> {
	const line = await script.nextLine();
	if (line !== "ready") throw new Error(`The host is not ready, but says '${line}'.`);
}

async function waiting(script: RunningScript): Promise<WaitingHost> {
	await untilReady(script);
	return {
		script,
		outcome: script.exited.then(({ stdout, stderr }) => outcomeOf(stdout, stderr)),
		go: () => script.kill("SIGUSR2"),
		[Symbol.asyncDispose]: () => script[Symbol.asyncDispose](),
	};
}

function outcomeOf(stdout: string, stderr: string): Outcome {
	const line = stdout.trim().split("\n").at(-1) ?? "";
	if (line.startsWith("{")) return { mismatch: [], tookMs: 0, ...JSON.parse(line) };
	return stderr === "" ? { kind: "gone" } : { kind: "failed", code: undefined, message: stderr };
}

/** Makes the variables of a host: those of a sandbox, without variables of this process that could change a start. */
export function hostVariables(box: Sandbox): Readonly<Record<string, string | undefined>> {
	const ours = Object.keys(process.env).filter((name) => /^(RIVET|RUST_|DO_NOT_TRACK|DEBUG)/.test(name));
	return { ...Object.fromEntries(ours.map((name) => [name, undefined])), ...box.environment };
}
