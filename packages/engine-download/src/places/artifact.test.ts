import { engineArtifactName as coreName, isEngineError } from "@rivetkit/engine-core";
import { describe, expect, test } from "vitest";
import { thrownBy } from "../../test/thrown-by.ts";
import { artifactName, engineArtifactName } from "./artifact.ts";
import { isReleaseFile } from "./release-file.ts";

describe("B17 B18 the name of a release file", () => {
	test.each([
		["engine", "linux", "x64", "rivet-engine-x86_64-unknown-linux-musl"],
		["engine", "win32", "arm64", "rivet-engine-x86_64-pc-windows-gnu.exe"],
		["cli", "darwin", "arm64", "rivet-cli-aarch64-apple-darwin"],
		["dev-server2", "linux", "arm64", "rivet-dev-server2-aarch64-unknown-linux-musl"],
	])("of component %s for %s on %s is %s", (component, platform, arch, name) => {
		expect(artifactName({ component, platform, arch })).toBe(name);
		expect(isReleaseFile(name)).toBe(true);
	});

	test("comes for the engine from one function, which engine-core has", () => {
		expect(engineArtifactName).toBe(coreName);
	});

	test.each([
		"",
		"Engine",
		"../engine",
		"engine/x",
		"-engine",
		"engine-",
		"engine.x",
		"engine\n",
		"moteur é",
		"$&",
	])("is refused for the component %j", (component) => {
		const error = thrownBy(() => artifactName({ component, platform: "linux", arch: "x64" }));
		expect(error).toMatchObject({ code: "invalid_option", metadata: { option: "component" } });
	});

	test("is refused for a platform that has none", () => {
		const error = thrownBy(() => artifactName({ component: "cli", platform: "aix", arch: "ppc64" }));
		expect(isEngineError(error, "unsupported_platform")).toBe(true);
	});
});

describe("B38 a name that is not of a release file", () => {
	test.each([
		"rivet-engine",
		"rivet-engine-x86_64-unknown-linux-musl.receipt.json",
		"rivet-engine-x86_64-unknown-linux-musl.altered",
		"rivet-engine-x86_64-unknown-linux-gnu",
		"rivet--x86_64-unknown-linux-musl",
		"rivet-x86_64-unknown-linux-musl",
		"my-rivet-engine-x86_64-unknown-linux-musl",
		"SHA256SUMS",
		"",
	])("is told apart: %j", (name) => {
		expect(isReleaseFile(name)).toBe(false);
	});
});
