import { chmod, mkdir, open, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import {
	createFakeEngine,
	expectEngineError,
	temporaryFolder,
	writeProgramWithoutLoader,
} from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { explainExit } from "../src/explain/index.ts";
import { readLogTail, spawnEngine } from "../src/index.ts";
import { commandOn, within } from "./launch.ts";

async function fileIn(folder: string, content: string | Buffer, mode = 0o755): Promise<string> {
	const file = path.join(folder, "rivet-engine");
	await writeFile(file, content);
	await chmod(file, mode);
	return file;
}

/** The header of a 64-bit ELF program for IBM's s390, a processor without an engine. */
const FOREIGN_ELF: Buffer = Buffer.concat([
	Buffer.from("\x7fELF\x02\x02\x01", "latin1"),
	Buffer.alloc(9),
	Buffer.from([0, 2, 0, 22, 0, 0, 0, 1]),
	Buffer.alloc(200),
]);

// Seen to fail: each code with its case taken out of `spawnError` or `explainStatus`, and the name of the loader without
// `namedInterpreter`.

describe("B12 B33 a binary that cannot be started", () => {
	test.each<[string, (folder: string) => Promise<string>, string]>([
		["is missing", async (folder) => path.join(folder, "none"), "binary_not_found"],
		["has mode 0644", (folder) => fileIn(folder, "#!/bin/sh\n", 0o644), "binary_not_executable"],
		["is a directory", async (folder) => folder, "binary_not_executable"],
		[
			"names an interpreter that is missing",
			(folder) => fileIn(folder, "#!/no/such/sh\n"),
			"binary_wrong_platform",
		],
	])("is an error if it %s", async (_, make, code) => {
		await using folder = await temporaryFolder();
		const file = await make(folder.path);
		const request = { command: commandOn(file, 1, folder.path), logsFolder: path.join(folder.path, "logs") };
		const error = await expectEngineError(spawnEngine(request), code);
		expect(error.message).toContain(`'${file}'`);
		expect(error).toMatchObject({
			metadata: { path: file, hint: expect.any(String) },
			cause: expect.any(Error),
		});
		expect(await readdir(request.logsFolder), "no empty log is left").toEqual([]);
	});

	test.runIf(process.platform === "linux")("is an error that names its missing loader", async () => {
		await using folder = await temporaryFolder();
		const file = path.join(folder.path, "rivet-engine");
		const loader = await writeProgramWithoutLoader(file);
		if (loader === undefined) return console.warn("Skipped: `/bin/true` is linked statically here.");
		const request = {
			command: commandOn(file, 1, folder.path),
			logsFolder: path.join(folder.path, "logs"),
		};
		const error = await expectEngineError(spawnEngine(request), "binary_wrong_platform");
		expect(error.message).toBe(
			`Engine binary '${file}' cannot be started: its loader '${loader}' is not on this machine.`,
		);
		expect(error.metadata.hint).toContain("linked statically");
	});

	test("is an error that names the missing interpreter, and explains a Windows line break at the end of its name", async () => {
		await using folder = await temporaryFolder();
		for (const [content, message, hint] of [
			["#!/no/such/sh\n", "'/no/such/sh', which its first line names, is not on this machine", "first line"],
			[
				"#!/bin/sh\r\n",
				"its first line ends with the line break of Windows, so '/bin/sh' is not found",
				"Unix line breaks",
			],
		] as const) {
			const file = await fileIn(folder.path, content);
			const request = {
				command: commandOn(file, 1, folder.path),
				logsFolder: path.join(folder.path, "logs"),
			};
			const error = await expectEngineError(spawnEngine(request), "binary_wrong_platform");
			expect(error.message).toContain(message);
			expect(error.metadata.hint).toContain(hint);
		}
	});

	test.runIf(process.platform === "linux")("is an error if it is being written", async () => {
		await using folder = await temporaryFolder();
		await using fake = await createFakeEngine({ exit: { code: 0 } });
		await using _writer = await open(fake.path, "r+");
		const request = { command: commandOn(fake.path, 1, folder.path), logsFolder: folder.path };
		await expectEngineError(spawnEngine(request), "file_in_use");
	});

	// The C library gives a file that the system cannot execute to /bin/sh, so these files start, and end by themselves.
	test.each<[string, string | Buffer, unknown, string]>([
		["a text file", "exit 3\n", { kind: "exited", code: 3 }, "health_check_failed"],
		["a text that is no script", "nonsense here\n", { kind: "exited", code: 127 }, "binary_wrong_platform"],
		["an empty file", "", { kind: "exited", code: 0 }, "health_check_failed"],
		[
			"a program for another machine",
			FOREIGN_ELF,
			expect.objectContaining({ kind: "exited" }),
			"binary_wrong_platform",
		],
		[
			"a script that calls nothing",
			"#!/bin/sh\nexec no-such-engine\n",
			{ kind: "exited", code: 127 },
			"binary_wrong_platform",
		],
		[
			"a script that may not execute what it calls",
			"#!/bin/sh\nexec /etc/passwd\n",
			{ kind: "exited", code: 126 },
			"binary_not_executable",
		],
		[
			"a script whose program is killed",
			"#!/bin/sh\nsh -c 'kill -9 $$'\n",
			{ kind: "exited", code: 137 },
			"health_check_failed",
		],
		[
			"a script that sends itself SIGILL",
			"#!/bin/sh\nkill -ILL $$\n",
			{ kind: "signaled", signal: "SIGILL" },
			"binary_wrong_platform",
		],
	])("ends by itself if it is %s", async (_, content, status, code) => {
		await using folder = await temporaryFolder();
		const file = await fileIn(folder.path, content);
		const engine = await spawnEngine({ command: commandOn(file, 1, folder.path), logsFolder: folder.path });
		const exit = await within(engine.exited);
		expect(exit).toEqual(status);
		expect(explainExit(exit, await readLogTail(engine.logs.stderr)).code).toBe(code);
	});
});

describe("B33 a folder that cannot be used", () => {
	test.each(["none", "file"])("is an error as working directory: %s", async (name) => {
		await using folder = await temporaryFolder();
		await using fake = await createFakeEngine();
		await writeFile(path.join(folder.path, "file"), "");
		const cwd = path.join(folder.path, name);
		const command = commandOn(fake.path, 1, folder.path);
		const logsFolder = path.join(folder.path, "logs");
		const error = await expectEngineError(spawnEngine({ command, logsFolder, cwd }), "invalid_option");
		expect(error.metadata).toMatchObject({ option: "cwd", path: cwd });
		expect(await readdir(folder.path)).toEqual(["file"]);
	});

	test("is an error as logs folder if a file has its path", async () => {
		await using folder = await temporaryFolder();
		await using fake = await createFakeEngine();
		await mkdir(path.join(folder.path, "var"));
		const logsFolder = path.join(folder.path, "var/logs");
		await writeFile(logsFolder, "");
		const request = { command: commandOn(fake.path, 1, folder.path), logsFolder };
		await expectEngineError(spawnEngine(request), "path_occupied");
	});
});
