import os from "node:os";
import path from "node:path";

/** The environment variable with that folder, for processes whose temporary folder is another one. */
export const PORTS_FOLDER_VARIABLE = "TESTKIT_PORTS_FOLDER";

/** Returns the folder in which all test processes on this machine reserve their ports. */
export function portsFolder(): string {
	return process.env[PORTS_FOLDER_VARIABLE] ?? path.join(os.tmpdir(), "rivet-engine-test-ports");
}
