import { mkdirSync } from "node:fs";
import path from "node:path";
import { recordingLogger, runScript } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { builtLock } from "../../test/built-lock.ts";
import { heldBy, lockFolder } from "../../test/lock-folder.ts";
import { holdGeneration, ownershipOf, releaseGeneration } from "./release.ts";

describe("B25 a release", () => {
	test("leaves the file, which then contains `released`", async () => {
		await using lock = await lockFolder();
		const logger = recordingLogger();
		lock.write("g3", await heldBy({}, { nonce: "mine" }));
		releaseGeneration(holdGeneration({ file: path.join(lock.path, "g3"), nonce: "mine" }), logger);
		expect(lock.names()).toEqual(["g3"]);
		expect(lock.read("g3")).toBe("released\n");
		expect(logger.entries).toEqual([]);
	});

	test.each<[string, string | undefined]>([
		["is gone", undefined],
		["is another's by now", JSON.stringify({ nonce: "another" })],
		["was released by somebody", "released\n"],
		["is garbage by now", "garbage"],
	])("touches nothing if the file %s, and warns", async (_, content) => {
		await using lock = await lockFolder();
		const logger = recordingLogger();
		if (content !== undefined) lock.write("g3", content);
		releaseGeneration(holdGeneration({ file: path.join(lock.path, "g3"), nonce: "mine" }), logger);
		expect(lock.names()).toEqual(content === undefined ? [] : ["g3"]);
		if (content !== undefined) expect(lock.read("g3")).toBe(content);
		expect(logger.messages("warn")).toEqual(["the lock was deleted while it was held"]);
	});

	test("leaves another holder's file that has the same number", async () => {
		await using lock = await lockFolder();
		const another = await heldBy({}, { nonce: "another" });
		lock.write("g3", another);
		const own = { file: path.join(lock.path, "g3"), nonce: "mine" };
		expect(ownershipOf(own)).toBe("other");
		releaseGeneration(holdGeneration(own), recordingLogger());
		expect(lock.read("g3")).toBe(another);
	});

	test("empties the file if it cannot be replaced, and warns", async () => {
		await using lock = await lockFolder();
		const logger = recordingLogger();
		lock.write("g3", await heldBy({}, { nonce: "mine" }));
		mkdirSync(path.join(lock.path, "g3.tmp"));
		releaseGeneration(holdGeneration({ file: path.join(lock.path, "g3"), nonce: "mine" }), logger);
		expect(lock.read("g3")).toBe("");
		expect(logger.messages("warn")).toEqual(["the lock could not be released in the usual way"]);
	});

	test.runIf(process.platform === "linux")("needs no new file descriptor", async () => {
		await using lock = await lockFolder();
		const program = `
			import { execFileSync } from "node:child_process";
			import { withLock } from ${JSON.stringify(builtLock)};
			const warnings = [];
			const logger = { debug() {}, info() {}, error() {}, warn: (_, message) => warnings.push(message) };
			await withLock(process.argv[1], async () => {
				// Every further open fails from here on.
				execFileSync("prlimit", ["--pid=" + process.pid, "--nofile=1:"]);
			}, { logger });
			process.stdout.write(JSON.stringify(warnings));
		`;
		await using script = runScript(program, { args: [lock.path] });
		expect(await script.exited).toMatchObject({ code: 0, stdout: "[]", stderr: "" });
		expect(lock.read("g1")).toBe("");
	});
});
