import { describe, expect, test } from "vitest";
import { engineEnvironment } from "./environment.ts";
import { isWithheld } from "./withheld-variables.ts";

const withheld = { names: ["MY_TOKEN"], values: ["postgresql://u:pw@h/d", "pw", "long-enough"] };

describe("B42 what an engine does not inherit", () => {
	test.each([
		["MY_TOKEN", "whatever it says"],
		["my_token", "in any case, as the engine reads it"],
		["DATABASE_URL", "postgresql://u:pw@h/d"],
		["PGPASSWORD", "pw"],
		["OTHER_URL", "nats://u:long-enough@h:4222"],
		["ENCODED_URL", "nats://u:l%6fng%2Denough@h%zz:4222"],
	])("is %s: %s", (name, value) => {
		expect(isWithheld(name, value, withheld)).toBe(true);
	});

	test.each([
		["PATH", "/opt/pw/bin"],
		["MY_TOKEN_FILE", "/run/secrets/token"],
		["EMPTY", ""],
	])("is not %s: %s", (name, value) => {
		expect(isWithheld(name, value, { ...withheld, values: [...withheld.values, ""] })).toBe(false);
	});

	test("is left out of its environment, and not told of as if it moved the database", () => {
		const address = { host: "127.0.0.1", port: 7000 };
		const { variables, removed } = engineEnvironment(
			{
				guard: address,
				apiPeer: address,
				metrics: address,
				databasePath: undefined,
				preset: "engine-defaults",
				environment: { MY_TOKEN: "1", PGPASSWORD: "pw", PATH: "/bin" },
				withheld,
			},
			"2.3.19",
		);
		expect(variables).toMatchObject({ PATH: "/bin" });
		expect(Object.keys(variables).filter((name) => /TOKEN|PG/.test(name))).toEqual([]);
		expect(removed).toEqual([]);
	});
});
