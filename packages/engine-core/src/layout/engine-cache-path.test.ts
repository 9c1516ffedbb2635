import path from "node:path";
import { describe, expect, test } from "vitest";
import { isEngineError } from "../errors.ts";
import { engineCachePath, isVersionName } from "./engine-cache-path.ts";

const artifact = "rivet-engine-x86_64-unknown-linux-musl";

describe("B14 the cache", () => {
	test("has the same path as in rivetkit", () => {
		const root = path.resolve("/home/me/.rivetkit");
		expect(engineCachePath(root, "2.3.19", artifact)).toBe(path.join(root, "engine", "2.3.19", artifact));
	});

	test.each(["2.3.19", "2.4.0-rc.1", "1.0.0+build_7", "4f9c2d1", "latest", "v2"])(
		"takes the version %j",
		(version) => {
			expect(isVersionName(version)).toBe(true);
			expect(engineCachePath("/root", version, artifact)).toContain(version);
		},
	);

	test.each([
		["no text", ""],
		["the parent folder", ".."],
		["the parent folder within it", "2..3"],
		["a way out", "../../bin"],
		["a separator", "2.3/19"],
		["Windows' separator", "2.3\\19"],
		["a drive", "C:2.3"],
		["a hidden folder, such as that of the downloads under way", ".partial"],
		["an option", "-rf"],
		["a blank", "2.3 19"],
		["a line's end", "2.3.19\n"],
		["NUL", "2.3.19\0"],
		["a letter beyond ASCII", "２.3.19"],
		["an encoded separator", "2.3%2f19"],
	])("refuses a version with %s, naming it", (_, version) => {
		expect(isVersionName(version)).toBe(false);
		try {
			engineCachePath("/root", version, artifact);
			expect.unreachable();
		} catch (error) {
			if (!isEngineError(error, "invalid_option")) throw error;
			expect(error.message).toContain(`'${version}'`);
			expect(error.metadata).toMatchObject({ option: "version", hint: expect.any(String) });
		}
	});
});
