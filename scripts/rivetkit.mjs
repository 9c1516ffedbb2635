// `npm run test:rivetkit`: installs rivetkit itself in a temporary folder and runs the tests beside it.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { install, installFromNpm, runPnpm } from "./workspace.mjs";

const USAGE = `Usage: npm run test:rivetkit [-- --keep <folder>]

Installs rivetkit 2.3.19 (339 MB) and 2.3.17 (334 MB) from npm in a temporary folder, which is removed at the
end, and runs the tests of these packages beside them. It takes two to five minutes.
npm warns that rivetkit wants Node 22; it works with 20. Linux.

  --keep <folder>  install there and keep it, or use what was installed there before`;

const VERSIONS = ["2.3.19", "2.3.17"];

const { keep } = readArguments();
const scratch = realpathSync(mkdtempSync(path.join(os.tmpdir(), "rivetkit-tests-")));
process.on("exit", cleanUp);
// Ctrl-C reaches the program in the foreground, too. The program ends, and then this process goes on to its own end.
for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
	process.on(signal, () => process.exit(code));
}

const projects = path.resolve(keep ?? path.join(scratch, "projects"));
for (const version of VERSIONS) installFromNpm(`rivetkit@${version}`, path.join(projects, version));
install();
runPnpm(["exec", "turbo", "run", "build", "--output-logs=errors-only"]);
process.env.RIVET_TEST_RIVETKIT = projects;
// All files of the tests are below one folder, so that files left by an interruption are known.
const testsFolder = path.join(scratch, "tests");
mkdirSync(testsFolder);
process.env.TMPDIR = testsFolder;
runPnpm(["exec", "vitest", "run", "test/rivetkit.test"], process.stdout);

function readArguments() {
	try {
		const { values } = parseArgs({ options: { keep: { type: "string" }, help: { type: "boolean" } } });
		if (!values.help) return values;
		console.log(USAGE);
	} catch (error) {
		console.error(`${error.message}\n\n${USAGE}`);
		process.exit(2);
	}
	process.exit(0);
}

function cleanUp() {
	for (const pid of processesOf(scratch)) {
		try {
			process.kill(pid, "SIGKILL");
		} catch {
			// The process has ended since the look.
		}
	}
	rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/** Finds the processes whose variables name this folder: engines and hosts that these tests have started. */
function processesOf(folder) {
	if (!existsSync("/proc/self/environ")) return [];
	const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
	return pids.map(Number).filter((pid) => {
		try {
			return readFileSync(`/proc/${pid}/environ`, "utf8").includes(folder + path.sep);
		} catch {
			return false;
		}
	});
}
