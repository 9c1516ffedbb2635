import { describe, expect, test } from "vitest";
import { platformPackageName } from "./npm-source.ts";

describe("B11 the npm package with the binary", () => {
	test.each([
		["linux", "x64", "engine-cli-linux-x64-musl"],
		["linux", "arm64", "engine-cli-linux-arm64-musl"],
		["darwin", "arm64", "engine-cli-darwin-arm64"],
		["win32", "x64", "engine-cli-win32-x64"],
	])("for %s on %s is %s", (platform, arch, name) => {
		expect(platformPackageName(platform, arch)).toBe(name);
	});
});
