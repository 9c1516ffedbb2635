import type { ShownConfiguration } from "@rivetkit/engine-spawn";
import { describe, expect, test } from "vitest";
import { readEngineConfiguration } from "../../engine-config/src/configuration.ts";
import type { EngineOptions } from "../../engine-config/src/engine-options.ts";
import { openGuardWarning, requireLoopbackPorts } from "../../engine-config/src/launch/exposure.ts";
import { shutdownVariables } from "./foreground/shutdown-variables.ts";
import { differences } from "./launch/confirm-configuration.ts";

const postgres = { kind: "postgres", url: "postgresql://u:p@h/d" } as const;
const nats = { kind: "nats", addresses: ["h:4222"] } as const;
const read = (options: EngineOptions) =>
	readEngineConfiguration({ storageRoot: "/data", ...options }, {}, "/");

describe("B42 what an engine says of its configuration", () => {
	const shown: ShownConfiguration = {
		storage: "postgres",
		messaging: "nats",
		hasAdminToken: true,
		telemetry: false,
	};
	const asked = read({ storage: postgres, messaging: nats, adminToken: "t" });

	test("is what it was told", () => {
		expect(differences(asked, { telemetry: false }, shown)).toEqual([]);
		expect(differences(asked, { telemetry: true }, { ...shown, telemetry: true })).toEqual([]);
	});

	test.each<[Partial<ShownConfiguration>, string]>([
		[{ storage: "file-system" }, "storage 'file-system' instead of 'postgres'"],
		[{ messaging: "memory" }, "messaging 'memory' instead of 'nats'"],
		[{ hasAdminToken: false }, "without the admin token"],
		[{ telemetry: true }, "report to Rivet all the same"],
	])("is not: %j", (change, difference) => {
		expect(differences(asked, { telemetry: false }, { ...shown, ...change })).toEqual([
			expect.stringContaining(difference),
		]);
	});
});

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

describe("B42 how long an engine in the foreground may take to end", () => {
	test.each([
		[25_000, "23", "24"],
		[3000, "1", "2"],
		[2000, "1", "2"],
		[1999, "0", "1"],
	])("%d ms", (graceMs, services, force) => {
		expect(shutdownVariables(graceMs)).toEqual({
			RIVET__RUNTIME__WORKER_SHUTDOWN_DURATION: services,
			RIVET__RUNTIME__GUARD_SHUTDOWN_DURATION: services,
			RIVET__RUNTIME__FORCE_SHUTDOWN_DURATION: force,
		});
	});
});
