import path from "node:path";
import type { Environment } from "@rivetkit/engine-core";

/** What the process does that outlives this one. */
const PROGRAM = `
	const { sweepEphemeralEngines } = await import(process.argv[1]);
	await sweepEphemeralEngines();
`;

/**
 * Makes ready to remove what nobody uses once this process has ended, by a process of its own: an `exit` listener can
 * start one, but could not find out at once who else uses an engine. Where that fails, it is left to the next run.
 */
export async function prepareSweep(folder: string, environment: Environment): Promise<() => void> {
	const { spawn } = await import("node:child_process");
	// Where this package was bundled into another file, there is none by this name, and nothing is run.
	const module = new URL("./sweep-ephemeral-engines.js", import.meta.url).href;
	const env = {
		// The same folder again.
		TMPDIR: path.dirname(path.dirname(folder)),
		// What processes need on Windows. Not NODE_OPTIONS, which may load anything.
		PATH: environment["PATH"],
		SystemRoot: environment["SystemRoot"],
		// Within Electron, Node would otherwise be an application.
		ELECTRON_RUN_AS_NODE: "1",
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
	};
}
