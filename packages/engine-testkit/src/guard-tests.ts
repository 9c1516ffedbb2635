import { chmodSync, mkdtempSync, realpathSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { guardFolder } from "./guardian.ts";
import { PORTS_FOLDER_VARIABLE, portsFolder } from "./ports-folder.ts";

// Vitest loads this before each file of tests. The process of the file has a temporary folder of its own from then on. All
// that the tests make is in there, and whatever they start names it: in its variables, if in nothing else. So whatever a
// test leaves, because it failed, timed out or was killed, is gone soon after that process.

/** Names the process that is guarded: several files of unit tests share one. */
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
	// Without the process that runs all files nobody ends this one.
	process.once("disconnect", () => process.kill(process.pid, "SIGKILL"));
}
