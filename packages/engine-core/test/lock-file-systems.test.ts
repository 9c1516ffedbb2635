import { spawnSync } from "node:child_process";
import { temporaryFolder } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { builtLock } from "./built-lock.ts";

/** True for root: only root can mount a small or read-only file system in its own mount namespace. */
const mayMount = spawnSync("unshare", ["--mount", "true"]).status === 0;
if (!mayMount) console.warn("Skipped: tests with a full and a read-only disk, which need root on Linux.");

/** The start of each script. The rest of a script prints a JSON value; `folder` is the folder of the lock. */
const PROLOGUE = `
	import fs from "node:fs";
	import { syncBuiltinESMExports } from "node:module";
	import { withLock } from ${JSON.stringify(builtLock)};
	const root = process.argv[1];
	const folder = root + "/lock";
	const warnings = [];
	const ignore = () => {};
	const logger = { debug: ignore, info: ignore, error: ignore, warn: (_, message) => warnings.push(message) };
	const state = (task = ignore) => withLock(folder, async (lock) => (await task(), lock), { logger });
	const print = (value) => console.log(JSON.stringify(value));
`;

describe.skipIf(!mayMount)("B25 a disk that cannot be written", () => {
	test("leaves the task without the lock if it is read-only", async () => {
		const result = await run("print(await state());", "-t tmpfs -o ro");
		expect(result).toMatchObject({ kind: "unavailable", reason: expect.stringContaining("EROFS") });
	});

	test("leaves the task without the lock, and the folder empty, if it is full", async () => {
		const result = await run(
			`${FILL} fs.mkdirSync(folder); fill(); print([await state(), fs.readdirSync(folder)]);`,
		);
		expect(result).toEqual([expect.objectContaining({ reason: expect.stringContaining("ENOSPC") }), []]);
	});

	test("does not prevent the release of a lock if it became full while the lock was held", async () => {
		const result = await run(`
			${FILL}
			const held = await state(fill);
			const content = fs.readFileSync(folder + "/g1", "utf8");
			fs.rmSync(root + "/filler");
			const next = await state();
			print({ held, content, next, names: fs.readdirSync(folder), warnings });
		`);
		expect(result).toEqual({
			held: { kind: "held" },
			content: "",
			next: { kind: "held" },
			names: ["g2"],
			warnings: [
				"the lock could not be released in the usual way",
				"a lock file has unusable content; the lock counts as free",
			],
		});
	});
});

describe("B25 a file system without hard links", () => {
	// Simulated by the error of vfat and exFAT on Linux: not every kernel can mount these.
	test.each(["EPERM", "ENOTSUP", "ENOSYS"])("leaves the task without the lock: %s", async (code) => {
		await using temporary = await temporaryFolder("rivet no links");
		const script = `
			fs.linkSync = () => {
				throw Object.assign(new Error("${code}: operation not permitted, link"), { code: "${code}" });
			};
			syncBuiltinESMExports();
			print([await state(), fs.readdirSync(folder)]);
		`;
		const result = output(
			spawnSync(process.execPath, ["--input-type=module", "-e", PROLOGUE + script, temporary.path], ENCODING),
		);
		expect(result).toEqual([{ kind: "unavailable", reason: `${code}: operation not permitted, link` }, []]);
	});
});

const FILL = `
	const fill = () => {
		const filler = fs.openSync(root + "/filler", "w");
		try {
			for (;;) fs.writeSync(filler, "x".repeat(4096));
		} catch (error) {
			if (error.code !== "ENOSPC") throw error;
		} finally {
			fs.closeSync(filler);
		}
	};
`;
const ENCODING = { encoding: "utf8" } as const;

/** Runs a script on a separate file system. */
async function run(script: string, mount = "-t tmpfs -o size=64k"): Promise<unknown> {
	await using temporary = await temporaryFolder("rivet disk");
	const shell = `mount ${mount} tmpfs "$1" && exec "$2" --input-type=module -e "$3" "$1"`;
	const args = ["--mount", "sh", "-c", shell, "sh", temporary.path, process.execPath, PROLOGUE + script];
	return output(spawnSync("unshare", args, ENCODING));
}

function output({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): unknown {
	expect(stderr).toBe("");
	return JSON.parse(stdout);
}
