import { describe, expect, test } from "vitest";
import { isEngineError } from "../errors.ts";
import { engineArtifactName } from "./engine-artifact-name.ts";

describe("B18 the release file for a platform", () => {
	test.each([
		["linux", "x64", "rivet-engine-x86_64-unknown-linux-musl"],
		["linux", "arm64", "rivet-engine-aarch64-unknown-linux-musl"],
		["darwin", "x64", "rivet-engine-x86_64-apple-darwin"],
		["darwin", "arm64", "rivet-engine-aarch64-apple-darwin"],
		["win32", "x64", "rivet-engine-x86_64-pc-windows-gnu.exe"],
	])("%s on %s is %s", (platform, arch, name) => {
		expect(engineArtifactName(platform, arch)).toBe(name);
	});

	test("Windows on arm64 takes the x64 file", () => {
		expect(engineArtifactName("win32", "arm64")).toBe(engineArtifactName("win32", "x64"));
	});

	test.each([
		["linux", "ia32"],
		["freebsd", "x64"],
		["win32", "ia32"],
		["__proto__", "x64"],
		["", ""],
	])("'%s' on '%s' is refused, with the published platforms", (platform, arch) => {
		const error = thrownBy(() => engineArtifactName(platform, arch));
		expect(isEngineError(error, "unsupported_platform")).toBe(true);
		expect(error).toMatchObject({ metadata: { platform, arch, hint: expect.any(String) } });
		expect(error).toMatchObject({ metadata: { published: expect.arrayContaining(["linux-x64"]) } });
	});
});

function thrownBy(action: () => unknown): unknown {
	try {
		action();
	} catch (error) {
		return error;
	}
	throw new Error("It threw nothing.");
}
