import { existsSync } from "node:fs";
import path from "node:path";
import type { Environment } from "@rivetkit/engine-core";

/** The program of the process that outlives this one. */
const PROGRAM = `
	const { sweepEphemeralEngines } = await import(process.argv[1]);
	await sweepEphemeralEngines();
`;

/**
 * Prepares a process that sweeps after this one has ended. An `exit` listener can start a process, but cannot find out
 * synchronously who else uses an engine.
 *
 * @returns A function that starts the process and tells whether it could. It cannot if this package was bundled into
 * another file, or if the executable of this process is not Node.
 */
export async function prepareSweep(folder: string, environment: Environment): Promise<() => boolean> {
	const { spawn } = await import("node:child_process");
	const module = await sweepModule();
	if (module === undefined) return () => false;
	const env = {
		// Leads the process to the same folder.
		TMPDIR: path.dirname(path.dirname(folder)),
		// Processes on Windows need these. NODE_OPTIONS is left out, since it may load anything.
		PATH: environment["PATH"],
		SystemRoot: environment["SystemRoot"],
	};
	return () => {
		const child = spawn(process.execPath, ["--input-type=module", "-e", PROGRAM, "--", module], {
			env,
			cwd: folder,
			detached: true,
			stdio: "ignore",
			windowsHide: true,
		});
		child.on("error", () => {});
		child.unref();
		return child.pid !== undefined;
	};
}

/** Finds the module that the process runs, beside the built file of this package. */
async function sweepModule(): Promise<string | undefined> {
	const { electron, bun } = process.versions;
	if (electron !== undefined || bun !== undefined || (await isSingleExecutable())) return undefined;
	const module = new URL("./sweep-ephemeral-engines.js", import.meta.url);
	return existsSync(module) ? module.href : undefined;
}

async function isSingleExecutable(): Promise<boolean> {
	const sea = await import("node:sea").catch(() => undefined);
	return sea?.isSea() === true;
}
