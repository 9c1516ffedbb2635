import { describe, expect, test } from "vitest";
import { engineEnvironment } from "./engine-environment.ts";
import { isWithheld } from "./withheld-variables.ts";

const LONG = "a-secret-long-enough";
const withheld = { names: ["MY_TOKEN"], values: ["postgresql://u:postgres@h/d", "postgres", "p@s", LONG] };

describe("B42 what an engine does not inherit", () => {
	test.each([
		["MY_TOKEN", "whatever it says"],
		["my_token", "in any case, as the engine reads it"],
		["DATABASE_URL", "postgresql://u:postgres@h/d"],
		["ANYTHING", "see postgresql://u:postgres@h/d"],
		["PGPASSWORD", "postgres"],
		["OTHER_DATABASE", "postgresql://someone:postgres@elsewhere/x"],
		["ENCODED", "nats://u:p%40s@h%zz:4222"],
		["LIBPQ", "host=h password='postgres'"],
		["JSONED", '{"password":"postgres"}'],
		["YAML", "password: postgres"],
		["HDR", "Authorization: Bearer postgres"],
		["CREDS", "someone:postgres"],
		["TOKENS", "postgres,x"],
		["DB_PASS", "postgres "],
		["NOTES", `it is ${LONG}!`],
		["WHATEVER", "a%2Dsecret-long-enough"],
	])("is %s: %s", (name, value) => {
		expect(isWithheld(name, value, withheld)).toBe(true);
	});

	test.each([
		["PATH", "/usr/lib/postgresql/15/bin:/usr/bin"],
		["LOGNAME", "postgres"],
		["MY_FOLDER", "/var/lib/postgres/x"],
		["MY_TOKEN_FILE", "/run/secrets/token"],
		["RUNS_AS", "postgres"],
		["KEYBOARD", "postgres"],
		["AUTHOR", "postgres"],
		["SECURITY", "postgres"],
		["RUNS_AS_GROUP", "postgres:postgres"],
		["SERVER_URL", "http://postgresql.internal:5432/postgresql"],
		["HOME", `/home/${LONG}`],
		["EMPTY", ""],
	])("is not %s: %s", (name, value) => {
		expect(isWithheld(name, value, { ...withheld, values: [...withheld.values, ""] })).toBe(false);
	});

	test("is left out of its environment, and not told of as if it moved the database", () => {
		const address = { host: "127.0.0.1", port: 7000 };
		const result = engineEnvironment(
			{
				guard: address,
				apiPeer: address,
				metrics: address,
				databasePath: undefined,
				preset: "engine-defaults",
				environment: { MY_TOKEN: "1", PGPASSWORD: "postgres", PATH: "/bin" },
				withheld,
			},
			"2.3.19",
		);
		expect(result).toMatchObject({ removed: [], withheld: ["MY_TOKEN", "PGPASSWORD"] });
		expect(result.variables).toMatchObject({ PATH: "/bin" });
		expect(Object.keys(result.variables).filter((name) => /TOKEN|PG/.test(name))).toEqual([]);
	});
});
