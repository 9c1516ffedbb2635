import os from "node:os";
import path from "node:path";

/** Names the folder for processes whose temporary folder is their own. */
export const PORTS_FOLDER_VARIABLE = "TESTKIT_PORTS_FOLDER";

/** Where all processes of tests on this machine say which ports are theirs. */
export function portsFolder(): string {
	return process.env[PORTS_FOLDER_VARIABLE] ?? path.join(os.tmpdir(), "rivet-engine-test-ports");
}
