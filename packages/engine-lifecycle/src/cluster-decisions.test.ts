import type { ShownConfiguration } from "@rivetkit/engine-spawn";
import { describe, expect, test } from "vitest";
import { readEngineConfiguration } from "../../engine-config/src/configuration.ts";
import type { EngineOptions } from "../../engine-config/src/engine-options.ts";
import { readLeaseWait } from "./endpoint/watch-leader-lease.ts";
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

describe("B42 the wait for a lease", () => {
	test.each([
		[
			'ts=1 level=warn message="udb postgres single-node could not acquire leader lease. another instance may hold it or a previous instance did not release it; backing off" attempt=7',
			{ attempt: 7 },
		],
		[
			'ts=1 level=warn message="udb commit exhausted resend attempts; treating as not committed" client_seq=0 wait_ms=818',
			{ attempt: 0 },
		],
		['ts=1 level=info message="acquired udb postgres leader lease" epoch=8', undefined],
		["", undefined],
	])("is told by %s", (line, wait) => {
		expect(readLeaseWait(line)).toEqual(wait);
	});
});

describe("B42 how long an engine in the foreground may take to end", () => {
	test.each([
		[25_000, "23", "24"],
		[3000, "1", "2"],
		[2000, "1", "2"],
		[1999, "0", "2"],
	])("%d ms", (graceMs, services, force) => {
		expect(shutdownVariables(graceMs)).toEqual({
			RIVET__RUNTIME__WORKER_SHUTDOWN_DURATION: services,
			RIVET__RUNTIME__GUARD_SHUTDOWN_DURATION: services,
			RIVET__RUNTIME__FORCE_SHUTDOWN_DURATION: force,
		});
	});
});
