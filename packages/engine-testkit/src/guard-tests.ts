import { chmodSync, mkdtempSync, realpathSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { guardFolder } from "./guardian.ts";
import { PORTS_FOLDER_VARIABLE, portsFolder } from "./ports-folder.ts";

// Vitest loads this module before each test file. It gives the process of the test file its own temporary folder. All files
// of the tests are in that folder, and all processes that the tests start name the folder, at least in their environment
// variables. So all files and processes that a failed or killed test leaves are removed soon after the end of the process.

/** The environment variable with the pid of the guarded process. It exists because several unit test files share a process. */
const GUARDED_VARIABLE = "TESTKIT_GUARDED_PID";

if (process.env[GUARDED_VARIABLE] !== String(process.pid)) {
	process.env[GUARDED_VARIABLE] = String(process.pid);
	// All test processes share this folder, so that no two processes get the same ports.
	process.env[PORTS_FOLDER_VARIABLE] = portsFolder();
	const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), "rivet-tests-")));
	// PostgreSQL runs as another user.
	chmodSync(folder, 0o755);
	process.env["TMPDIR"] = folder;
	guardFolder(folder);
	// If Vitest itself has ended, nobody else ends this process.
	process.once("disconnect", () => process.kill(process.pid, "SIGKILL"));
}
