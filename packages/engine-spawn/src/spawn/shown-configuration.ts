import { execFile } from "node:child_process";
import { type ExitStatus, isAbortSignal, requireOption } from "@rivetkit/engine-core";
import { type EngineCommand, requireCommand } from "../command/engine-command.ts";
import { statusOf } from "./spawned-child.ts";

/** The settings in an engine's own view of its configuration that decide where its data goes and who may read it. */
export interface ShownConfiguration {
	readonly storage: "file-system" | "postgres" | "unknown";
	readonly messaging: "memory" | "nats" | "unknown";
	readonly hasAdminToken: boolean;
	readonly telemetry: boolean;
}

/** The result of asking an engine for its configuration. */
export type ConfigurationAnswer =
	| { readonly kind: "shown"; readonly shown: ShownConfiguration }
	/** The engine refuses the configuration, or prints something else. */
	| { readonly kind: "refused"; readonly exit: ExitStatus; readonly lines: readonly string[] };

/** The time for the answer, in milliseconds. An engine takes under 30 ms; a busy machine may need longer. */
const LIMIT_MS = 10_000;

/**
 * Asks an engine's binary how it understands a configuration. An engine that does not understand the PostgreSQL part
 * of a file silently uses a separate database on disk.
 *
 * @param command - `config show`, with the same file and environment as the start.
 * @throws EngineError `invalid_option`; the signal's reason if aborted.
 */
export async function askConfiguration(
	command: EngineCommand,
	signal?: AbortSignal,
): Promise<ConfigurationAnswer> {
	requireCommand(command);
	requireOption("signal", signal === undefined || isAbortSignal(signal), "an AbortSignal");
	signal?.throwIfAborted();
	return await new Promise((resolve, reject) => {
		const options = { env: { ...command.env }, timeout: LIMIT_MS, killSignal: "SIGKILL" } as const;
		const child = execFile(command.file, [...command.args], options, (error, stdout, stderr) => {
			signal?.removeEventListener("abort", abort);
			const shown = error === null ? parseShownConfiguration(stdout) : undefined;
			if (shown !== undefined) return resolve({ kind: "shown", shown });
			resolve({
				kind: "refused",
				exit: statusOf(child),
				lines: [...stdout.split("\n"), ...stderr.split("\n")],
			});
		});
		child.stdin?.on("error", () => {}).end();
		const abort = (): void => {
			child.kill("SIGKILL");
			// A wrapper script may leave a process behind that keeps these pipes open.
			child.stdout?.destroy();
			child.stderr?.destroy();
			reject(signal?.reason);
		};
		signal?.addEventListener("abort", abort, { once: true });
	});
}

/**
 * Reads the output of `config show`, a value of Rust in its debug format, with the word `Secret` in place of each secret.
 *
 * @see The engine's `Root` in `engine/packages/config` of https://github.com/rivet-dev/rivet; the same from 2.3.5 to 2.3.19.
 */
export function parseShownConfiguration(printed: string): ShownConfiguration | undefined {
	const root = /^Root \{$[\s\S]*?^\}$/m.exec(printed)?.[0];
	if (root === undefined) return undefined;
	const database = variantOf(root, "database");
	const pubsub = variantOf(root, "pubsub");
	const telemetry = /^ {4}telemetry: Telemetry \{\n {8}enabled: (true|false),/m.exec(root)?.[1];
	if (database === undefined || pubsub === undefined || telemetry === undefined) return undefined;
	return {
		storage: STORAGES[database] ?? "unknown",
		messaging: MESSAGINGS[pubsub] ?? "unknown",
		hasAdminToken: /^ {4}auth: Some\(\n {8}Auth \{\n {12}admin_token: Secret,/m.test(root),
		telemetry: telemetry === "true",
	};
}

const STORAGES: Readonly<Record<string, ShownConfiguration["storage"]>> = {
	None: "file-system",
	FileSystem: "file-system",
	Postgres: "postgres",
};

const MESSAGINGS: Readonly<Record<string, ShownConfiguration["messaging"]>> = {
	None: "memory",
	Memory: "memory",
	Nats: "nats",
};

/** Reads a field: `None`, or the name of the variant in `Some(Variant(...))`. */
function variantOf(root: string, field: string): string | undefined {
	const match = new RegExp(`^ {4}${field}: (?:(None),|Some\\(\\n {8}(\\w+)\\()`, "m").exec(root);
	return match?.[1] ?? match?.[2];
}
