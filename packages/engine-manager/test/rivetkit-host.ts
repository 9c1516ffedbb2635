import path from "node:path";
import { type RunningScript, runScript } from "@rivetkit/engine-testkit";
import { hostVariables, UNTIL_SIGNALLED, untilReady } from "../../engine-lifecycle/test/race-hosts.ts";
import type { Sandbox } from "../../engine-lifecycle/test/sandbox.ts";

/** The outcome of a program that uses rivetkit. */
export type RivetkitOutcome =
	| {
			readonly kind: "spawned" | "reused";
			/** The pid of the engine that it spawned, which may have ended since. */
			readonly pid: number | undefined;
			/** From the start of its registry until the registry was known to the engine, in milliseconds. */
			readonly tookMs: number;
			/** The answer of its actor: the number of calls to it. */
			readonly count: number;
	  }
	| { readonly kind: "failed"; readonly message: string; readonly tookMs: number };

/** A program that has loaded rivetkit, starts its registry on a signal, and ends by itself. */
export interface RivetkitHost extends AsyncDisposable {
	readonly outcome: Promise<RivetkitOutcome>;
	go(): void;
}

/** The smallest program with an actor. Its variables tell rivetkit the address of the engine, and to start the engine. */
const PROGRAM = `
	import { once } from "node:events";
	import { actor, setup } from "rivetkit";
	import { createClient } from "rivetkit/client";
	const counter = actor({ state: { count: 0 }, actions: { increase: (c) => ++c.state.count } });
	const registry = setup({ use: { counter }, noWelcome: true });
	${UNTIL_SIGNALLED}
	const startedAt = performance.now();
	const print = (outcome) => console.log("\\n" + JSON.stringify(outcome));
	process.on("uncaughtException", () => {});
	try {
		await registry.startAndWait();
		const tookMs = performance.now() - startedAt;
		const client = createClient({ endpoint: process.argv[1] });
		print({ kind: "started", tookMs, count: await client.counter.getOrCreate(["one"]).increase() });
		// Without this, the engine would look for the actor in a program that is gone.
		await registry.shutdown();
	} catch (error) {
		print({ kind: "failed", message: error.message, tookMs: performance.now() - startedAt });
	}
	process.exit();
`;

/** Runs a program in the folder of a project that has rivetkit, up to the point where it would start its engine. */
export async function waitingRivetkitHost(projectFolder: string, box: Sandbox): Promise<RivetkitHost> {
	const script = runScript(PROGRAM, {
		cwd: projectFolder,
		args: [box.endpoint],
		env: {
			...hostVariables(box),
			RIVETKIT_STORAGE_PATH: path.dirname(box.storageRoot),
			RIVET_RUN_ENGINE: "1",
			RIVET_RUN_ENGINE_PORT: `${box.port}`,
			RIVET_RUN_SERVICES: "0",
			// At this level rivetkit logs whether it spawned the engine or found it.
			RIVET_LOG_LEVEL: "info",
		},
	});
	await untilReady(script);
	return {
		outcome: outcomeOf(script),
		go: () => script.kill("SIGUSR2"),
		[Symbol.asyncDispose]: () => script[Symbol.asyncDispose](),
	};
}

/** Runs a program with rivetkit from its beginning to its end. */
export async function runRivetkitHost(projectFolder: string, box: Sandbox): Promise<RivetkitOutcome> {
	await using host = await waitingRivetkitHost(projectFolder, box);
	host.go();
	return await host.outcome;
}

async function outcomeOf(script: RunningScript): Promise<RivetkitOutcome> {
	const { stdout, stderr } = await script.exited;
	const line = stdout.split("\n").find((each) => each.startsWith("{"));
	if (line === undefined) return { kind: "failed", message: `${stdout}\n${stderr}`, tookMs: 0 };
	const outcome = JSON.parse(line);
	if (outcome.kind === "failed") return outcome;
	const pid = /message="spawned engine process [^\n]*? pid=(\d+)/.exec(stdout)?.[1];
	if (pid !== undefined) return { ...outcome, kind: "spawned", pid: Number(pid) };
	if (stdout.includes("reusing already-running engine process")) return { ...outcome, kind: "reused" };
	return { kind: "failed", message: `It does not say how it came by its engine: ${stdout}`, tookMs: 0 };
}
