import { describe, expect, test } from "vitest";
import { readEngineConfiguration } from "../../engine-config/src/configuration.ts";
import type { EngineOptions } from "../../engine-config/src/engine-options.ts";
import { openGuardWarning, requireLoopbackPorts } from "../../engine-config/src/launch/exposure.ts";

const read = (options: EngineOptions) =>
	readEngineConfiguration({ storageRoot: "/data", ...options }, {}, "/");

describe("B42 who may connect", () => {
	test.each<[EngineOptions, string | undefined]>([
		[{}, undefined],
		[{ peerHost: "127.0.0.2", metricsHost: "::1" }, undefined],
		[{ peerHost: "localhost", metricsHost: "[::1]" }, undefined],
		[{ peerHost: "0.0.0.0" }, "'peerHost' is '0.0.0.0'"],
		[{ metricsHost: "10.0.0.1" }, "'metricsHost' is '10.0.0.1'"],
		[{ peerHost: "::", unsafelyExposeUnauthenticatedPorts: true }, undefined],
	])("%j", (options, refused) => {
		const check = (): void => requireLoopbackPorts(read(options));
		if (refused === undefined) expect(check).not.toThrow();
		else expect(check).toThrow(refused);
	});

	test("a guard that others reach wants a token", () => {
		expect(openGuardWarning({ host: "0.0.0.0", hasToken: false })).toContain("without an admin token");
		expect(openGuardWarning({ host: "192.0.2.1", hasToken: false })).toContain("192.0.2.1");
		expect(openGuardWarning({ host: "0.0.0.0", hasToken: true })).toBeUndefined();
		expect(openGuardWarning({ host: "127.0.0.1", hasToken: false })).toBeUndefined();
		expect(openGuardWarning({ host: "::1", hasToken: false })).toBeUndefined();
	});
});
