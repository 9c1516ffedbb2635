// Seen to fail without the rest after the last line break, and with one line more than asked for.
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { temporaryFolder } from "@rivetkit/engine-testkit";
import { expect, it } from "vitest";
import { withTail } from "./private-engine.ts";

it("B41 the end of a log has its last line, also if the engine was killed while it wrote the line", async () => {
	await using folder = await temporaryFolder();
	const logs = withTail({
		stdout: path.join(folder.path, "stdout"),
		stderr: path.join(folder.path, "stderr"),
	});
	await writeFile(logs.stdout, "one\ntwo\nthr");
	await writeFile(logs.stderr, "Error: no such luck");
	expect(await logs.tail()).toEqual(["one", "two", "thr", "Error: no such luck"]);
	expect(await logs.tail(2)).toEqual(["two", "thr", "Error: no such luck"]);
	expect(await logs.tail(0)).toEqual([]);
});
