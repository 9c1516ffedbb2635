import { chmodSync, mkdtempSync, realpathSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { guardFolder } from "./guardian.ts";
import { PORTS_FOLDER_VARIABLE, portsFolder } from "./ports-folder.ts";

// Vitest loads this before each file of tests. From then on the process of the file has a temporary folder of its own.
// All files of the tests are in that folder, and all processes that the tests start name it, at least in their variables. So
// files and processes that a test leaves, because it failed, timed out or was killed, are gone soon after that process.

/** The variable that names the guarded process: several files of unit tests share a process. */
const GUARDED_VARIABLE = "TESTKIT_GUARDED_PID";

if (process.env[GUARDED_VARIABLE] !== String(process.pid)) {
	process.env[GUARDED_VARIABLE] = String(process.pid);
	// Shared by all processes of tests, so that no two are given the same ports.
	process.env[PORTS_FOLDER_VARIABLE] = portsFolder();
	const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), "rivet-tests-")));
	// PostgreSQL runs as another user.
	chmodSync(folder, 0o755);
	process.env["TMPDIR"] = folder;
	guardFolder(folder);
	// If Vitest itself has gone, nobody else ends this process.
	process.once("disconnect", () => process.kill(process.pid, "SIGKILL"));
}
