import { isEngineError } from "@rivetkit/engine-core";
import { describe, expect, test } from "vitest";
import { engineEnvironment } from "./engine-environment.ts";
import type { EngineLaunch } from "./engine-launch.ts";

const version = "2.3.19";

function request(changes: Partial<EngineLaunch> = {}): EngineLaunch {
	return {
		guard: { host: "127.0.0.1", port: 6420 },
		apiPeer: { host: "127.0.0.1", port: 6421 },
		metrics: { host: "127.0.0.1", port: 6430 },
		databasePath: "/data/db",
		preset: "engine-defaults",
		environment: {},
		...changes,
	};
}

function variables(changes: Partial<EngineLaunch> = {}, engineVersion: string | undefined = version) {
	return engineEnvironment(request(changes), engineVersion).variables;
}

describe("B27 environment variables for the engine's addresses and database", () => {
	test("are the only variables that an engine with the preset `engine-defaults` gets", () => {
		expect(variables()).toEqual({
			RIVET__GUARD__HOST: "127.0.0.1",
			RIVET__GUARD__PORT: "6420",
			RIVET__API_PEER__HOST: "127.0.0.1",
			RIVET__API_PEER__PORT: "6421",
			RIVET__METRICS__HOST: "127.0.0.1",
			RIVET__METRICS__PORT: "6430",
			RIVET__FILE_SYSTEM__PATH: "/data/db",
		});
	});

	test("override inherited variables", () => {
		const environment = { PATH: "/bin", RIVET__GUARD__PORT: "1", RIVET__METRICS__HOST: "0.0.0.0" };
		expect(variables({ environment })).toMatchObject({
			PATH: "/bin",
			RIVET__GUARD__PORT: "6420",
			RIVET__METRICS__HOST: "127.0.0.1",
		});
	});

	test("override inherited variables whose names differ only in upper and lower case", () => {
		const environment = { rivet__guard__port: "1", Rivet__Metrics__Host: "0.0.0.0", rivet__cache__x: "kept" };
		const names = Object.keys(variables({ environment }));
		expect(names).not.toContain("rivet__guard__port");
		expect(names).not.toContain("Rivet__Metrics__Host");
		expect(names).toContain("rivet__cache__x");
	});

	test("are overridden by `env`, like all other variables", () => {
		const env = {
			RIVET__GUARD__PORT: "7",
			RIVET__TELEMETRY__ENABLED: "true",
			PATH: "/mine",
			RIVET__PEGBOARD__X: "1",
		};
		const environment = { PATH: "/bin" };
		expect(variables({ env, environment, telemetry: false, preset: "local-dev" })).toMatchObject(env);
	});
});

describe("B27 inherited environment variables that would move the database", () => {
	const environment = {
		RIVET__FILE_SYSTEM__PATH: "/elsewhere",
		RIVET__POSTGRES__URL: "postgres://elsewhere",
		RIVET__NATS__ADDRESSES: "elsewhere",
		rivet__postgres__ssl: "true",
		RIVET__POSTGRESQL: "no such key",
		RIVET__LOGS__LEVEL: "debug",
	};

	test("are removed, and their names are returned", () => {
		const { removed, variables } = engineEnvironment(request({ environment }), version);
		expect(removed).toEqual([
			"RIVET__FILE_SYSTEM__PATH",
			"RIVET__POSTGRES__URL",
			"RIVET__NATS__ADDRESSES",
			"rivet__postgres__ssl",
		]);
		expect(variables).toMatchObject({
			RIVET__FILE_SYSTEM__PATH: "/data/db",
			RIVET__POSTGRESQL: "no such key",
			RIVET__LOGS__LEVEL: "debug",
		});
		expect(Object.keys(variables)).not.toContain("RIVET__POSTGRES__URL");
		expect(Object.keys(variables)).not.toContain("RIVET__NATS__ADDRESSES");
		expect(Object.keys(variables)).not.toContain("rivet__postgres__ssl");
	});

	test("are set if they are in `env`, and a PostgreSQL URL replaces the database path", () => {
		const env = { RIVET__POSTGRES__URL: "postgres://mine" };
		const result = variables({ environment, env });
		expect(result).toMatchObject(env);
		expect(Object.keys(result)).not.toContain("RIVET__FILE_SYSTEM__PATH");
	});

	test("do not set a database path if the caller gives none", () => {
		expect(Object.keys(variables({ databasePath: undefined }))).not.toContain("RIVET__FILE_SYSTEM__PATH");
	});

	test("are removed without a change to the caller's objects", () => {
		const frozen = Object.freeze({ ...environment });
		engineEnvironment(request({ environment: frozen, env: Object.freeze({ A: "1" }) }), version);
		expect(frozen).toEqual(environment);
	});
});

describe("B27 RUST_LOG", () => {
	test.each(["RUST_LOG", "rust_log"])("is not inherited (%s)", (name) => {
		expect(Object.keys(variables({ environment: { [name]: "off" } }))).not.toContain(name);
	});

	test("is passed on if it is in the option `env`", () => {
		expect(variables({ environment: { RUST_LOG: "off" }, env: { RUST_LOG: "debug" } })).toMatchObject({
			RUST_LOG: "debug",
		});
	});
});

describe("B57 inherited environment variables that carry secrets", () => {
	// The engine ignores upper and lower case in the names of environment variables.
	test("are left out, also if their names differ in upper and lower case", () => {
		const environment = { MY_TOKEN: "1", my_url: "postgres://u:s3cret@h/d", PATH: "/bin", OTHER: "s3cret" };
		const result = engineEnvironment(request({ environment, withheld: ["MY_TOKEN", "MY_URL"] }), version);
		expect(result).toMatchObject({ removed: [], withheld: ["MY_TOKEN", "my_url"] });
		expect(result.variables).toMatchObject({ PATH: "/bin", OTHER: "s3cret" });
		expect(Object.keys(result.variables).filter((name) => /^my_/i.test(name))).toEqual([]);
	});

	test("are reported as `withheld`, not as `removed`, if they would also move the database", () => {
		const environment = { RIVET__POSTGRES__URL: "postgres://u:s3cret@h/d" };
		const withheld = ["RIVET__POSTGRES__URL"];
		const result = engineEnvironment(request({ environment, withheld }), version);
		expect(result).toMatchObject({ removed: [], withheld });
	});
});

describe("B27 telemetry", () => {
	test.each([
		[undefined, undefined],
		[true, "true"],
		[false, "false"],
	])("`%s` gives RIVET__TELEMETRY__ENABLED=%s", (telemetry, expected) => {
		expect(variables({ telemetry }).RIVET__TELEMETRY__ENABLED).toBe(expected);
	});

	test("stays as inherited if the option `telemetry` is not given", () => {
		expect(variables({ environment: { RIVET__TELEMETRY__ENABLED: "false" } })).toMatchObject({
			RIVET__TELEMETRY__ENABLED: "false",
		});
	});
});

describe("B27 the preset for local development", () => {
	const common = [
		"RIVET__PEGBOARD__BASE_RETRY_TIMEOUT=100",
		"RIVET__PEGBOARD__ENVOY_ELIGIBLE_THRESHOLD=5000",
		"RIVET__PEGBOARD__ENVOY_LOST_THRESHOLD=7000",
		"RIVET__PEGBOARD__MIN_METADATA_POLL_INTERVAL=1000",
		"RIVET__PEGBOARD__RESCHEDULE_BACKOFF_MAX_EXPONENT=1",
		"RIVET__PEGBOARD__RETRY_RESET_DURATION=100",
		"RIVET__PEGBOARD__RUNNER_ELIGIBLE_THRESHOLD=5000",
		"RIVET__PEGBOARD__RUNNER_LOST_THRESHOLD=7000",
		"RIVET__RUNTIME__FORCE_SHUTDOWN_DURATION=2",
		"RIVET__RUNTIME__GUARD_SHUTDOWN_DURATION=1",
		"RIVET__RUNTIME__WORKER_SHUTDOWN_DURATION=1",
	];
	const features = [
		"RIVET__FEATURES__GUARD_GATEWAY_V3__MODE=on",
		"RIVET__FEATURES__GUARD_GATEWAY_V3__PERCENTAGE=100",
	];

	// The engine refuses to start on a key that it does not know; 2.3.5 does not know FEATURES.
	test.each<[string | undefined, boolean]>([
		["2.3.5", false],
		["2.3.16", false],
		["2.3.17", true],
		["2.3.17-rc.1", true],
		["2.3.19", true],
		["2.4.0", true],
		["2.10.0", true],
		["1.9.99", false],
		["3.0.0", true],
		[undefined, false],
	])("sets the feature flags for version %s: %s", (engineVersion, expected) => {
		const result = engineEnvironment(request({ preset: "local-dev" }), engineVersion).variables;
		const set = Object.entries(result).map((entry) => entry.join("="));
		const preset = set.filter((entry) => /^RIVET__(PEGBOARD|RUNTIME|FEATURES)__/.test(entry)).sort();
		expect(preset).toEqual(expected ? [...features, ...common].sort() : common);
	});

	test("overrides inherited variables", () => {
		const environment = { RIVET__PEGBOARD__RETRY_RESET_DURATION: "1" };
		expect(variables({ preset: "local-dev", environment })).toMatchObject({
			RIVET__PEGBOARD__RETRY_RESET_DURATION: "100",
		});
	});
});

describe("B27 the topology", () => {
	const prefix = "RIVET__TOPOLOGY__DATACENTERS__DEFAULT__";

	test.each(["127.0.0.1", "0.0.0.0"])("is not set for a guard on the default port of %s", (host) => {
		const names = Object.keys(variables({ guard: { host, port: 6420 } }));
		expect(names.filter((name) => name.startsWith("RIVET__TOPOLOGY"))).toEqual([]);
	});

	test.each([
		["127.0.0.1", 7000, undefined, "http://127.0.0.1:7000", "http://127.0.0.1:7001"],
		["0.0.0.0", 7000, undefined, "http://127.0.0.1:7000", "http://127.0.0.1:7001"],
		["192.168.1.2", 6420, undefined, "http://192.168.1.2:6420", "http://192.168.1.2:6421"],
		["::1", 6420, undefined, "http://[::1]:6420", "http://[::1]:6421"],
		["::", 6420, undefined, "http://[::1]:6420", "http://[::1]:6421"],
		[
			"127.0.0.1",
			6420,
			"https://engine.example.com",
			"https://engine.example.com",
			"https://engine.example.com:444",
		],
		[
			"127.0.0.1",
			6420,
			"http://engine.example.com/",
			"http://engine.example.com",
			"http://engine.example.com:81",
		],
		[
			"127.0.0.1",
			6420,
			"https://a.example:8443/engine/?x=1#y",
			"https://a.example:8443/engine/?x=1#y",
			"https://a.example:8444",
		],
		[
			"127.0.0.1",
			6420,
			"http://[2001:db8::1]:9000/p/",
			"http://[2001:db8::1]:9000/p",
			"http://[2001:db8::1]:9001",
		],
	])(
		"for a guard on %s:%d with public URL %s has the URL %s and the peer URL %s",
		(host, port, publicUrl, url, peer) => {
			expect(variables({ guard: { host, port }, publicUrl })).toMatchObject({
				RIVET__TOPOLOGY__DATACENTER_LABEL: "1",
				[`${prefix}DATACENTER_LABEL`]: "1",
				[`${prefix}IS_LEADER`]: "true",
				[`${prefix}PUBLIC_URL`]: url,
				[`${prefix}PEER_URL`]: peer,
			});
		},
	);

	test.each(["engine.example.com", "localhost:6420", "", "ftp://engine.example.com"])(
		"refuses %j as a public URL",
		(publicUrl) => {
			let thrown: unknown;
			try {
				variables({ publicUrl });
			} catch (error) {
				thrown = error;
			}
			expect(isEngineError(thrown, "invalid_option")).toBe(true);
			expect(thrown).toMatchObject({ metadata: { option: "publicUrl" } });
		},
	);
});
