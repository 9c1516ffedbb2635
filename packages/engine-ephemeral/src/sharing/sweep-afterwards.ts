import { existsSync } from "node:fs";
import path from "node:path";
import type { Environment } from "@rivetkit/engine-core";

/** What the process does that outlives this one. */
const PROGRAM = `
	const { sweepEphemeralEngines } = await import(process.argv[1]);
	await sweepEphemeralEngines();
`;

/**
 * Makes ready to remove what nobody uses once this process has ended, by a process of its own: an `exit` listener can
 * start one, but could not find out at once who else uses an engine.
 *
 * @returns What starts it, and says whether there is one: not where this package was bundled into another file, nor
 * where the executable of this process is not Node.
 */
export async function prepareSweep(folder: string, environment: Environment): Promise<() => boolean> {
	const { spawn } = await import("node:child_process");
	const module = await sweepModule();
	if (module === undefined) return () => false;
	const env = {
		// The same folder again.
		TMPDIR: path.dirname(path.dirname(folder)),
		// What processes need on Windows. Not NODE_OPTIONS, which may load anything.
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

/** The address of what that process runs. */
async function sweepModule(): Promise<string | undefined> {
	const { electron, bun } = process.versions;
	if (electron !== undefined || bun !== undefined || (await isSingleExecutable())) return undefined;
	const module = new URL("../../../engine-manager/src/ephemeral/sweep-ephemeral-engines.js", import.meta.url);
	return existsSync(module) ? module.href : undefined;
}

async function isSingleExecutable(): Promise<boolean> {
	const sea = await import("node:sea").catch(() => undefined);
	return sea?.isSea() === true;
}
