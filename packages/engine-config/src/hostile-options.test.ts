import { isEngineError } from "@rivetkit/engine-core";
import { describe, expect, test } from "vitest";
import { readEngineConfiguration } from "./configuration.ts";
import type { EngineOptions } from "./engine-options.ts";
import { OPTION_NAMES } from "./option-table.ts";

/** An array that contains itself. */
const endless: unknown[] = [];
endless.push(endless);

/** An array whose first element cannot be read. */
const unreadableList = Object.defineProperty(["http://127.0.0.1"], 0, { get: refuse });

/** Values of wrong types. Each of them once caused an error without a code in some option. */
const HOSTILE: readonly (readonly [string, unknown])[] = [
	["null", null],
	["a function", () => {}],
	["a symbol", Symbol("a")],
	["a big number", 1n],
	["NaN", Number.NaN],
	["infinity", Number.POSITIVE_INFINITY],
	["an empty string", ""],
	["NUL", "\0"],
	["a list that contains itself", endless],
	["a list of symbols", [Symbol("a")]],
	["a list that cannot be read", unreadableList],
	["a getter that throws", Object.defineProperty({}, "kind", { get: refuse, enumerable: true })],
	["a proxy that throws", new Proxy({}, { get: refuse, ownKeys: refuse, has: refuse })],
	["a proxy that was revoked", revokedProxy()],
	["an object without a prototype", Object.create(null)],
	[
		"an object of objects",
		{ kind: {}, url: {}, ssl: {}, addresses: {}, peerUrl: {}, auth: { admin_token: 1 } },
	],
];

function refuse(): never {
	throw new TypeError("this cannot be read");
}

function revokedProxy(): object {
	const { proxy, revoke } = Proxy.revocable({}, {});
	revoke();
	return proxy;
}

/** Reads a configuration; returns the error if there is one. */
function read(options: object, environment: unknown = { HOME: "/home/user" }): unknown {
	try {
		readEngineConfiguration(options as EngineOptions, environment as Record<string, string>, "/nowhere");
		return undefined;
	} catch (error) {
		return error;
	}
}

describe("B47 a value of the wrong type", () => {
	test.each(HOSTILE)("%s is accepted, or an error that names the option", (_, value) => {
		for (const name of OPTION_NAMES) {
			const error = read({ [name]: value });
			if (error === undefined) continue;
			expect(isEngineError(error, "invalid_option"), `${name}: ${error}`).toBe(true);
			expect(error).toMatchObject({ metadata: { option: name } });
		}
	});

	test.each(HOSTILE)("%s as `environment` is accepted, or an error that names `environment`", (_, value) => {
		const error = read({}, value);
		if (error !== undefined) expect(error).toMatchObject({ metadata: { option: "environment" } });
	});

	test.each(HOSTILE.filter(([, value]) => typeof value !== "string"))(
		"%s among the variables is an error that names `environment`",
		(_, value) => {
			const error = read({}, { HOME: value });
			expect(error).toMatchObject({ code: "invalid_option", metadata: { option: "environment" } });
		},
	);

	test.each<[string, object]>([
		["env", { env: { NAME: "a\0b" } }],
		["env", { env: { "NAME\0": "a" } }],
		["publicUrl", { publicUrl: "http://engine.example/\0" }],
		["releasesEndpoint", { releasesEndpoint: ["./mirror\0"] }],
		["topology", { topology: { peerUrl: "http://engine.example/\0" } }],
	])("in `%s` with NUL inside is an error: %j", (option, options) => {
		expect(read(options)).toMatchObject({ code: "invalid_option", metadata: { option } });
	});

	test("with NUL in an environment variable is an error", () => {
		expect(read({}, { HOME: "/home\0" })).toMatchObject({ metadata: { option: "environment" } });
	});

	test.each([Symbol("a"), null, 5, "text", [], () => {}])("as options is an error (%o)", (options) => {
		expect(read(options as object)).toMatchObject({
			code: "invalid_option",
			metadata: { option: "options" },
		});
	});

	test("as options whose getter throws is an error that names the option, with the cause", () => {
		const error = read(Object.defineProperty({}, "endpoint", { get: refuse, enumerable: true }));
		expect(error).toMatchObject({ code: "invalid_option", metadata: { option: "endpoint" } });
		expect((error as Error).cause).toBeInstanceOf(TypeError);
	});
});
