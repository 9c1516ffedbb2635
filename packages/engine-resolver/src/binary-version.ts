import { execFile } from "node:child_process";
import type { Environment } from "@rivetkit/engine-core";

/** A measured `--version` takes under 10 ms; a wrapper script may take its time. */
const LIMIT_MS = 5000;

/**
 * Runs `<binary> --version` and reads `Rivet <version>` from what it prints. Undefined where it does not
 * say, fails, or takes over five seconds: the start that follows will tell why.
 *
 * @param environment - What it inherits, but for `RUST_LOG`: a value that it cannot parse makes it panic.
 */
export async function readBinaryVersion(
	path: string,
	environment: Environment,
	signal?: AbortSignal,
): Promise<string | undefined> {
	signal?.throwIfAborted();
	const env = { ...environment, RUST_LOG: undefined };
	const printed = await new Promise<string>((resolve) => {
		const options = { env, timeout: LIMIT_MS, killSignal: "SIGKILL", maxBuffer: 64 * 1024, signal } as const;
		try {
			execFile(path, ["--version"], options, (_error, stdout) => resolve(stdout));
		} catch {
			// ETXTBSY and the like are thrown rather than reported.
			resolve("");
		}
	});
	signal?.throwIfAborted();
	return parseBinaryVersion(printed);
}

/** The version in the output of `rivet-engine --version`, whose first line is `Rivet 2.3.19`. */
export function parseBinaryVersion(printed: string): string | undefined {
	return /^Rivet (\d+\.\d+\.\d+\S*)\s*$/m.exec(printed)?.[1];
}
