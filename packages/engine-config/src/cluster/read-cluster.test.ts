import { writeFile } from "node:fs/promises";
import path from "node:path";
import { inspect } from "node:util";
import { temporaryFolder } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { readEngineConfiguration } from "../configuration.ts";
import type { EngineOptions } from "../engine-options.ts";
import { engineFile } from "../launch/engine-file.ts";

const url = "postgresql://rivet:s3cret@db.internal:5432/app";
const postgres = { kind: "postgres", url } as const;
const nats = {
	kind: "nats",
	addresses: ["nats.internal:4222"],
	username: "riv",
	password: "s3cret-nats",
} as const;

const read = (options: EngineOptions, environment: Record<string, string> = {}) =>
	readEngineConfiguration({ storageRoot: "/data", ...options }, environment, "/work");

describe("B42 storage, messaging and a token", () => {
	test("have the engine's defaults and need no configuration file if nothing is set", () => {
		const configuration = read({});
		expect(configuration).toMatchObject({
			storage: { value: { kind: "file-system" }, origin: { kind: "default" } },
			messaging: { value: { kind: "memory" } },
			adminToken: { value: false },
			ready: { value: "health" },
			startTimeoutMs: { value: 30_000 },
		});
		expect(engineFile(configuration)).toBeUndefined();
	});

	test("are written into the engine's configuration file, beside the settings of `config`", () => {
		const config = { auth: { jwt: { enabled: false } }, cache: {} };
		const configuration = read({ storage: postgres, messaging: nats, adminToken: "007", config });
		expect(engineFile(configuration)).toEqual({
			postgres: { url },
			nats: { addresses: ["nats.internal:4222"], username: "riv", password: "s3cret-nats" },
			auth: { jwt: { enabled: false }, admin_token: "007" },
			cache: {},
		});
	});

	test("do not show their secrets in a printed configuration", () => {
		const configuration = read({ storage: postgres, messaging: nats, adminToken: "s3cret-token" });
		for (const shown of [JSON.stringify(configuration), inspect(configuration, { depth: 9 })]) {
			expect(shown).not.toContain("s3cret");
			expect(shown).toContain("db.internal:5432/app");
		}
	});

	test("with PostgreSQL wait for the database, for up to a minute, and turn telemetry off, unless options say otherwise", () => {
		const configuration = read({ storage: postgres });
		expect(configuration).toMatchObject({ ready: { value: "database" }, startTimeoutMs: { value: 60_000 } });
		const asked = read({ storage: postgres, telemetry: true, ready: "health", startTimeoutMs: 5 });
		expect(asked).toMatchObject({ ready: { value: "health" }, startTimeoutMs: { value: 5 } });
		expect(configuration.telemetry.value).toBe(false);
		expect(asked.telemetry.value).toBe(true);
	});

	test("resolve the paths of certificates from the working directory", () => {
		const ssl = { rootCertPath: "ca.pem", clientCertPath: "/c.pem", clientKeyPath: "/k.pem" };
		const configuration = read({ storage: { ...postgres, ssl } });
		expect(engineFile(configuration)).toEqual({
			postgres: {
				url,
				ssl: { root_cert_path: "/work/ca.pem", client_cert_path: "/c.pem", client_key_path: "/k.pem" },
			},
		});
	});
});

describe("B42 the environment variables for storage, messaging and a token", () => {
	const environment = {
		RIVETKIT_ENGINE_POSTGRES_URL: url,
		RIVETKIT_ENGINE_POSTGRES_ROOT_CERT: "/ca.pem",
		RIVETKIT_ENGINE_NATS_ADDRESSES: "a:1 b:2",
		RIVETKIT_ENGINE_NATS_USERNAME: "riv",
		RIVETKIT_ENGINE_NATS_PASSWORD: "s3cret-nats",
		RIVETKIT_ENGINE_ADMIN_TOKEN: "007",
		RIVETKIT_ENGINE_DATACENTER_LABEL: "2",
		RIVETKIT_ENGINE_PEER_URL: "http://peer.internal:6421",
	};

	test("set the same settings as the options", () => {
		const configuration = read({}, environment);
		expect(engineFile(configuration)).toEqual({
			postgres: { url, ssl: { root_cert_path: "/ca.pem" } },
			nats: { addresses: ["a:1", "b:2"], username: "riv", password: "s3cret-nats" },
			auth: { admin_token: "007" },
		});
		expect(configuration.storage.origin).toEqual({ kind: "variable", name: "RIVETKIT_ENGINE_POSTGRES_URL" });
		expect(configuration).toMatchObject({
			datacenterLabel: { value: 2 },
			peerUrl: { value: "http://peer.internal:6421" },
		});
	});

	test("are overridden by options, and are ignored if they are empty", () => {
		expect(
			read({ storage: { kind: "file-system" }, messaging: { kind: "memory" } }, environment),
		).toMatchObject({
			storage: { value: { kind: "file-system" } },
			messaging: { value: { kind: "memory" } },
		});
		expect(read({}, { RIVETKIT_ENGINE_POSTGRES_URL: "" }).storage.value).toEqual({ kind: "file-system" });
	});

	test("include the engine's own token variable, whose value is not turned into a number", () => {
		const configuration = read({}, { RIVET__AUTH__ADMIN_TOKEN: "007" });
		expect(engineFile(configuration)).toEqual({ auth: { admin_token: "007" } });
	});

	test("may name files; the line end after a secret is ignored", async () => {
		await using folder = await temporaryFolder();
		const file = path.join(folder.path, "url with a blank");
		await writeFile(file, `${url}\n`);
		const name = "RIVETKIT_ENGINE_POSTGRES_URL_FILE";
		const configuration = read({}, { [name]: file });
		expect(engineFile(configuration)).toEqual({ postgres: { url } });
		expect(configuration.storage.origin).toEqual({ kind: "variable", name });
		await writeFile(file, "\n");
		expect(() => read({}, { [name]: file })).toThrow(`Variable '${name}' names '${file}', which is empty.`);
		expect(() => read({}, { [name]: "/no/such" })).toThrow(
			/names '\/no\/such', which cannot be read: ENOENT/,
		);
	});
});

describe("B42 settings that an engine cannot use are refused with the reason, without showing secrets", () => {
	test.each<[string, EngineOptions, Record<string, string>, RegExp]>([
		["NATS without PostgreSQL", { messaging: nats }, {}, /'messaging' .*serves one engine/],
		[
			"NATS without PostgreSQL, by a variable",
			{},
			{ RIVETKIT_ENGINE_NATS_ADDRESSES: "a:1" },
			/NATS_ADDRESSES' .*serves one engine/,
		],
		[
			"a database other than PostgreSQL",
			{ storage: { kind: "postgres", url: "mysql://u:s3cret@h/d" } },
			{},
			/'storage' .*`postgresql:\/\/`/,
		],
		[
			"an invalid PostgreSQL URL, from an environment variable",
			{},
			{ RIVETKIT_ENGINE_POSTGRES_URL: "postgresql://u:s3cret#@h/d" },
			/POSTGRES_URL' .*%23/,
		],
		[
			"an address of NATS with a password",
			{ storage: postgres, messaging: { kind: "nats", addresses: ["nats://u:s3cret@h:1"] } },
			{},
			/without a scheme or credentials/,
		],
		[
			"a NATS password without a user name",
			{ storage: postgres, messaging: { kind: "nats", addresses: ["h:1"], password: "s3cret" } },
			{},
			/user name/,
		],
		["a token with a blank", { adminToken: "s3cret token" }, {}, /'adminToken' must be/],
		[
			"a certificate without its key",
			{ storage: { ...postgres, ssl: { clientCertPath: "/c" } } },
			{},
			/both/,
		],
		[
			"an unknown property of `storage`",
			{ storage: { ...postgres, user: "s3cret" } as never },
			{},
			/`storage.user`/,
		],
		["PostgreSQL in `config`", { config: { postgres: { url } } }, {}, /'postgres' \(use/],
		["a token in `config`", { config: { auth: { admin_token: "s3cret" } } }, {}, /use `adminToken`/],
		["PostgreSQL in `env`", { env: { RIVET__POSTGRES__URL: url } }, {}, /RIVET__POSTGRES__URL/],
		["a token in `env`", { env: { RIVET__AUTH__ADMIN_TOKEN: "s3cret" } }, {}, /adminToken/],
		["a datacenter with number 0", { topology: { datacenterLabel: 0 } }, {}, /datacenterLabel/],
		["an invalid peer URL", {}, { RIVETKIT_ENGINE_PEER_URL: "peer" }, /PEER_URL/],
	])("%s", (_, options, environment, message) => {
		let error: unknown;
		try {
			read(options, environment);
		} catch (thrown) {
			error = thrown;
		}
		expect(error).toMatchObject({ code: "invalid_option", message: expect.stringMatching(message) });
		expect(inspect(error, { depth: 9 })).not.toContain("s3cret");
	});
});

describe("B42 options and variables together", () => {
	const variables = {
		RIVETKIT_ENGINE_POSTGRES_URL: url,
		RIVETKIT_ENGINE_POSTGRES_CLIENT_CERT: "/variable/cert",
		RIVETKIT_ENGINE_POSTGRES_CLIENT_KEY: "/variable/key",
		RIVETKIT_ENGINE_NATS_ADDRESSES: "variable:4222",
		RIVETKIT_ENGINE_NATS_USERNAME: "variable",
		RIVETKIT_ENGINE_NATS_PASSWORD: "s3cret",
	};

	test("complete each other: fields that an option leaves out come from variables", () => {
		const configuration = read(
			{
				storage: { kind: "postgres", ssl: { rootCertPath: "/option/ca" } },
				messaging: { kind: "nats", addresses: ["option:4222"] },
			},
			variables,
		);
		expect(engineFile(configuration)).toEqual({
			postgres: {
				url,
				ssl: {
					root_cert_path: "/option/ca",
					client_cert_path: "/variable/cert",
					client_key_path: "/variable/key",
				},
			},
			nats: { addresses: ["option:4222"], username: "variable", password: "s3cret" },
		});
	});

	test("must together give the PostgreSQL URL and the NATS addresses", () => {
		expect(() => read({ storage: { kind: "postgres" } })).toThrow(/RIVETKIT_ENGINE_POSTGRES_URL/);
		expect(() => read({ storage: postgres, messaging: { kind: "nats" } })).toThrow(/NATS_ADDRESSES/);
	});
});
