import { spawnSync } from "node:child_process";
import { temporaryFolder } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { addCached, addReceipt, configured, installResolver, setMtime, versionScript } from "./trees.ts";

/** True for root: only root can make a folder read-only in its own mount namespace. */
const mayMount = spawnSync("unshare", ["--mount", "true"]).status === 0;
if (!mayMount) console.warn("Skipped: tests with a read-only cache, which need root on Linux.");

describe.runIf(mayMount)("B14 a cache that cannot be written", () => {
	test("is used, and the hash module is loaded only if an mtime has changed", async () => {
		await using folder = await temporaryFolder();
		const resolver = await installResolver(folder.path);
		const configuration = configured(folder.path);
		const file = await addCached(configuration, versionScript("7.5.0"));
		const { mtimeSeconds } = await addReceipt(file, "7.5.0");
		const source = `
			import { writeFile } from "node:fs/promises";
			import { resolveEnginePath } from ${JSON.stringify(resolver.href)};
			const { path, version } = await resolveEnginePath(${JSON.stringify(configuration)});
			const refused = await writeFile(path + ".new", "").catch(({ code }) => code);
			const hashes = process.moduleLoadList.includes("NativeModule crypto");
			console.log(JSON.stringify({ path, version, refused, hashes }));
		`;
		const answers = { path: file, version: "7.5.0", refused: "EROFS" };
		expect(inReadOnly(folder.path, source)).toEqual({ ...answers, hashes: false });
		await setMtime(file, mtimeSeconds + 1000);
		expect(inReadOnly(folder.path, source)).toEqual({ ...answers, hashes: true });
	});
});

/** Runs a script in a mount namespace in which a folder is read-only, and returns its output. */
function inReadOnly(folder: string, source: string): unknown {
	const script = `mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && exec "$2" --input-type=module -e "$3"`;
	const result = spawnSync(
		"unshare",
		["--mount", "sh", "-c", script, "sh", folder, process.execPath, source],
		{ encoding: "utf8" },
	);
	expect(result.stderr).toBe("");
	return JSON.parse(result.stdout);
}
