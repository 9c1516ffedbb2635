import os from "node:os";
import path from "node:path";

/** The variable that names the folder for processes with a temporary folder of their own. */
export const PORTS_FOLDER_VARIABLE = "TESTKIT_PORTS_FOLDER";

/** Returns the folder in which all processes of tests on this machine reserve their ports. */
export function portsFolder(): string {
	return process.env[PORTS_FOLDER_VARIABLE] ?? path.join(os.tmpdir(), "rivet-engine-test-ports");
}
