import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { readEngineConfiguration } from "../../../engine-config/src/configuration.ts";
import { reportSettings } from "../../../engine-doctor/src/report-settings.ts";
import { doctorCommand } from "../commands/doctor.ts";
import { engineOptions, type Flags } from "../flags/flags.ts";
import type { CommandLineIo } from "../io.ts";
import { printDiagnosis } from "./print-diagnosis.ts";

// Seen to fail with the names of options in place of flags.

const POSTGRES: Flags & Readonly<Record<string, unknown>> = {
	postgresUrl: "postgresql://rivet@127.0.0.1/rivet",
	nats: ["127.0.0.1:4222"],
	adminTokenFile: "a-token",
	datacenterLabel: 7,
	peerUrl: "http://127.0.0.1:7421",
	ready: "health",
	telemetry: false,
	unsafelyExposeUnauthenticatedPorts: true,
	bindHost: "127.0.0.1",
	binary: "/rivet-engine",
	engineVersion: "2.3.19",
	instance: "second",
	startTimeout: 1,
	lockTimeout: 1,
	download: true,
};

describe("B38 B42 the flag that the doctor names for a setting", () => {
	it.each<[string, string, Flags]>([
		["storage", "--postgres-url", {}],
		["storage", "--postgres-url-file", { postgresUrl: undefined, postgresUrlFile: POSTGRES.postgresUrl }],
		["messaging", "--nats", {}],
		["adminToken", "--admin-token-file", {}],
		["datacenterLabel", "--datacenter-label", {}],
		["peerUrl", "--peer-url", {}],
		["ready", "--ready", {}],
		["telemetry", "--no-telemetry", {}],
		["telemetry", "--telemetry", { telemetry: true }],
	] as [string, string, Flags][])("%s is %s", (setting, flag, flags) => {
		expect(namedFlags({ ...POSTGRES, ...flags }).get(setting)).toBe(flag);
	});

	it("is a flag that `doctor` takes", () => {
		const known = doctorCommand(silent(), () => {}).options.map(({ long }) => long);
		const flags = [...new Set(namedFlags(POSTGRES).values())];
		expect(flags).toHaveLength(Object.keys(POSTGRES).length);
		expect(flags.filter((flag) => !known.includes(flag))).toEqual([]);
	});
});

/** Prints a diagnosis, and returns the flag that it names for each setting. */
function namedFlags(flags: Flags): ReadonlyMap<string, string> {
	const io = silent();
	const { environment: _, logger: __, signal: ___, onEvent: ____, ...options } = engineOptions(flags, io);
	const settings = reportSettings(readEngineConfiguration(options, {}, "/"));
	const wouldStart = { kind: "fail", areas: [] } as const;
	printDiagnosis({ settings, findings: [], wouldStart }, flags, io);
	const text = String(io.stdout.read());
	return new Map(
		[...text.matchAll(/^(\w+) .* flag (--\S+)$/gm)].map(([, name = "", flag = ""]) => [name, flag]),
	);
}

function silent(): CommandLineIo & { readonly stdout: PassThrough } {
	return {
		stdout: new PassThrough({ encoding: "utf8" }),
		stderr: new PassThrough(),
		environment: {},
		signal: undefined,
	} as unknown as CommandLineIo & { readonly stdout: PassThrough };
}
