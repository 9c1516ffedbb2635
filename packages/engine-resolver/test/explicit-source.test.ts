import { chmod, mkdir, open, readdir, rmdir, writeFile } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import {
	createFakeEngine,
	expectEngineError,
	realEnginePath,
	realEngineVersion,
	recordingLogger,
	temporaryFolder,
} from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { checkExecutable } from "../src/executable/check-executable.ts";
import { checkNamedBinary, resolveEngine, resolveEnginePath } from "../src/index.ts";
import type { ResolverSettings } from "../src/source.ts";
import { configured } from "./trees.ts";

const inherited = { PATH: process.env.PATH };

const NAMED: readonly [string, (file: string) => Partial<ResolverSettings>][] = [
	["option", (binaryPath) => ({ binaryPath })],
	["RIVET_ENGINE_BINARY_PATH", (file) => ({ environment: { ...inherited, RIVET_ENGINE_BINARY_PATH: file } })],
	["RIVET_ENGINE_BINARY", (file) => ({ environment: { ...inherited, RIVET_ENGINE_BINARY: file } })],
];

async function truncatedEngine(file: string): Promise<void> {
	const source = await open(realEnginePath());
	try {
		const { buffer } = await source.read(Buffer.alloc(1024 * 1024), 0, 1024 * 1024, 0);
		await writeFile(file, buffer, { mode: 0o755 });
	} finally {
		await source.close();
	}
}

async function write(file: string, content: string | Buffer, mode = 0o755): Promise<void> {
	await writeFile(file, content);
	await chmod(file, mode);
}

async function belowFile(file: string): Promise<void> {
	await rmdir(path.dirname(file));
	await writeFile(path.dirname(file), "");
}

const BAD: readonly [string, (file: string) => Promise<unknown>, string, RegExp][] = [
	["is missing", async () => {}, "binary_not_found", /^Engine binary was not found at '.*rivet-engine'\.$/],
	["is in no folder", (file) => rmdir(path.dirname(file)), "binary_not_found", /was not found/],
	["is below a file", belowFile, "binary_not_found", /was not found/],
	["is empty", (file) => write(file, ""), "binary_not_executable", /it is empty/],
	["has mode 0644", (file) => write(file, "#!/bin/sh\n", 0o644), "binary_not_executable", /mode is 0644/],
	[
		"is a text",
		(file) => write(file, "<!doctype html>"),
		"binary_not_executable",
		/neither a program nor a script/,
	],
	[
		"is truncated",
		truncatedEngine,
		"binary_not_executable",
		/truncated: it has 1048576 bytes of at least \d{8}/,
	],
	[
		"ends in its header",
		(file) => write(file, "\x7fELF"),
		"binary_not_executable",
		/truncated: it has 4 bytes of at least 64/,
	],
	[
		"is for Windows",
		(file) => write(file, `MZ${"\0".repeat(200)}`),
		"binary_wrong_platform",
		/made for win32/,
	],
	[
		"is for macOS",
		(file) => write(file, Buffer.concat([Buffer.from("cffaedfe", "hex"), Buffer.alloc(200)])),
		"binary_wrong_platform",
		/made for darwin/,
	],
];

describe.runIf(process.platform === "linux")("B12 a named binary", () => {
	describe.each(NAMED)("by %s", (origin, name) => {
		test.each(BAD)("that %s is an error at once, before any probe", async (_, make, code, message) => {
			await using folder = await temporaryFolder();
			const file = path.join(folder.path, "engine", "rivet-engine");
			await mkdir(path.dirname(file));
			await make(file);
			let probed = 0;
			const probe = async () => {
				probed += 1;
				return undefined;
			};
			const fetch = () => Promise.reject(new Error("fetched"));
			const configuration = configured(folder.path, { ...name(file), autoDownload: true });
			const error = await expectEngineError(resolveEngine(configuration, { probe, fetch }), code);
			expect(error.message).toMatch(message);
			expect(error.metadata).toMatchObject({ path: file, origin, hint: expect.any(String) });
			expect(probed).toBe(0);
			await expectEngineError(resolveEnginePath(configuration, { fetch }), code);
		});
	});

	test.each(NAMED)("by %s is checked without being run", async (origin, name) => {
		await using folder = await temporaryFolder();
		const file = path.join(folder.path, "rivet-engine");
		const error = await expectEngineError(
			checkNamedBinary(configured(folder.path, name(file))),
			"binary_not_found",
		);
		expect(error.metadata).toMatchObject({ path: file, origin });
		await write(file, `#!/bin/sh\ntouch '${file}.ran'\n`);
		expect(await checkNamedBinary(configured(folder.path, name(file)))).toBe(true);
		expect(await readdir(folder.path)).toEqual(["rivet-engine"]);
	});

	test("does not exist if no path is given", async () => {
		expect(await checkNamedBinary(configured("/"))).toBe(false);
	});

	test("that is a directory is an error with a hint which file to name", async () => {
		await using folder = await temporaryFolder();
		const error = await expectEngineError(checkExecutable(folder.path, "option"), "binary_not_executable");
		expect(error.message).toContain("it is a directory");
		expect(error.metadata.hint).toContain(`${folder.path}/rivet-engine`);
	});

	test("that is a socket is not a file", async () => {
		await using folder = await temporaryFolder();
		const file = path.join(folder.path, "s");
		const server = net.createServer();
		await new Promise<void>((resolve) => server.listen(file, resolve));
		try {
			const error = await expectEngineError(checkExecutable(file, "option"), "binary_not_executable");
			expect(error.message).toContain("not a regular file");
		} finally {
			await new Promise((resolve) => server.close(resolve));
		}
	});

	test.each(NAMED)(
		"by %s is used with its version, even if another version is wanted",
		async (source, name) => {
			await using folder = await temporaryFolder();
			await using fake = await createFakeEngine({ version: "7.8.9" });
			const found = await resolveEnginePath(configured(folder.path, name(fake.path)));
			expect(found).toMatchObject({ path: fake.path, source, version: "7.8.9" });
		},
	);

	test("may be a wrapper script, whose version may be unknown", async () => {
		await using folder = await temporaryFolder();
		const file = path.join(folder.path, "wrapper.sh");
		await write(file, "#!/bin/sh\nexit 4\n");
		const found = await resolveEnginePath(configured(folder.path, { binaryPath: file }));
		expect(found).toEqual({ path: file, source: "option", version: undefined, declined: [] });
	});

	test("is looked up from the working directory if it is relative", async () => {
		await using folder = await temporaryFolder();
		await using fake = await createFakeEngine({}, { folder: path.join(folder.path, "bin") });
		const found = await resolveEnginePath(configured(folder.path, { binaryPath: "bin/rivet-engine" }));
		expect(found.path).toBe(fake.path);
	});

	test("may be the real engine, even if RUST_LOG is malformed", async () => {
		await using folder = await temporaryFolder();
		const environment = { ...inherited, RUST_LOG: "a=[b" };
		const found = await resolveEnginePath(
			configured(folder.path, { binaryPath: realEnginePath(), environment }),
		);
		expect(found.version).toBe(realEngineVersion);
	});
});

describe("B11 two named binaries", () => {
	test("count in the order option, RIVET_ENGINE_BINARY_PATH, RIVET_ENGINE_BINARY", async () => {
		await using folder = await temporaryFolder();
		await using first = await createFakeEngine({ version: "1.0.0" });
		await using second = await createFakeEngine({ version: "2.0.0" });
		await using third = await createFakeEngine({ version: "3.0.0" });
		const environment = {
			...inherited,
			RIVET_ENGINE_BINARY_PATH: second.path,
			RIVET_ENGINE_BINARY: third.path,
		};
		const withOption = configured(folder.path, { binaryPath: first.path, environment });
		const logger = recordingLogger();
		expect(await resolveEnginePath(withOption, { logger })).toMatchObject({ version: "1.0.0", declined: [] });
		expect(logger.entries).toEqual([]);
		expect(await resolveEnginePath(configured(folder.path, { environment }), { logger })).toMatchObject({
			source: "RIVET_ENGINE_BINARY_PATH",
			version: "2.0.0",
			declined: [{ source: "option", reason: "no path was given" }],
		});
		expect(logger.entries).toMatchObject([
			{ level: "warn", fields: { used: second.path, ignored: third.path } },
		]);
	});

	test("that are the same file give no warning", async () => {
		await using folder = await temporaryFolder();
		await using fake = await createFakeEngine({}, { folder: folder.path });
		const logger = recordingLogger();
		const environment = {
			...inherited,
			RIVET_ENGINE_BINARY_PATH: fake.path,
			RIVET_ENGINE_BINARY: "./rivet-engine",
		};
		await resolveEnginePath(configured(folder.path, { environment }), { logger });
		expect(logger.entries).toEqual([]);
	});

	test("are an error if the first is bad, even if the second is good", async () => {
		await using folder = await temporaryFolder();
		await using fake = await createFakeEngine();
		const environment = {
			...inherited,
			RIVET_ENGINE_BINARY_PATH: "/no/such",
			RIVET_ENGINE_BINARY: fake.path,
		};
		await expectEngineError(resolveEnginePath(configured(folder.path, { environment })), "binary_not_found");
	});

	test("count as one if a variable is empty", async () => {
		await using folder = await temporaryFolder();
		await using fake = await createFakeEngine();
		const environment = { ...inherited, RIVET_ENGINE_BINARY_PATH: "", RIVET_ENGINE_BINARY: fake.path };
		const found = await resolveEnginePath(configured(folder.path, { environment }));
		expect(found.source).toBe("RIVET_ENGINE_BINARY");
	});
});
