import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { EngineError } from "../errors.ts";
import { engineBindsLoopbackOnly, parseEndpoint } from "./endpoint.ts";

describe("B8 an endpoint that cannot be used is refused with the reason", () => {
	test.each([
		["", "it cannot be parsed as a URL"],
		["127.0.0.1:6420", "it cannot be parsed as a URL"],
		["http://127.0.0.1:70000", "it cannot be parsed as a URL"],
		["http://[::1:6420", "it cannot be parsed as a URL"],
		["http://", "missing host"],
		["http://:6420", "missing host"],
		["http://user:token@:6420", "missing host"],
		["localhost:6420", "the scheme 'localhost:' is neither http: nor https:"],
		["ws://127.0.0.1:6420", "the scheme 'ws:' is neither http: nor https:"],
		["http://127.0.0.1:0", "port 0 names no port that could be asked"],
		["http://127.0.0.1:6420?x=1", "a query or fragment has no meaning here"],
		["http://127.0.0.1:6420#x", "a query or fragment has no meaning here"],
	])("'%s': %s", (endpoint, reason) => {
		const error = refusalOf(endpoint);
		expect(error).toMatchObject({ code: "invalid_endpoint", metadata: { reason } });
		expect(error.message).toContain(`is invalid: ${reason}`);
	});
});

describe("B9 the addresses to which requests for an endpoint are sent", () => {
	test.each<[string, string, number, string, readonly string[]]>([
		["http://127.0.0.1:6420", "127.0.0.1", 6420, "loopback", ["127.0.0.1"]],
		["http://127.1:6420", "127.0.0.1", 6420, "loopback", ["127.0.0.1"]],
		["http://127.9.8.7:1", "127.9.8.7", 1, "loopback", ["127.9.8.7"]],
		["http://[::1]:6420", "::1", 6420, "loopback", ["::1"]],
		["http://localhost:6420", "localhost", 6420, "loopback", ["127.0.0.1", "::1"]],
		["http://LOCALHOST:6420", "localhost", 6420, "loopback", ["127.0.0.1", "::1"]],
		["http://rivet.localhost:6420", "rivet.localhost", 6420, "loopback", ["127.0.0.1", "::1"]],
		["http://0.0.0.0:6420", "0.0.0.0", 6420, "unspecified", ["127.0.0.1"]],
		["http://[::]:6420", "::", 6420, "unspecified", ["::1"]],
		["http://10.0.0.7:6420", "10.0.0.7", 6420, "other", ["10.0.0.7"]],
		["https://api.rivet.dev", "api.rivet.dev", 443, "other", ["api.rivet.dev"]],
		["http://notlocalhost", "notlocalhost", 80, "other", ["notlocalhost"]],
		["http://127.0.0.1.example.org:1", "127.0.0.1.example.org", 1, "other", ["127.0.0.1.example.org"]],
	])("%s", (endpoint, host, port, reach, probeHosts) => {
		expect(parseEndpoint(endpoint)).toMatchObject({ host, port, reach, probeHosts });
	});

	test.each([
		["127.0.0.1", true],
		["::1", true],
		["[::1]", true],
		["localhost", true],
		["0.0.0.0", false],
		["::", false],
		["192.168.0.2", false],
	])("an engine bound to %s is reached from this machine only: %s", (host, expected) => {
		expect(engineBindsLoopbackOnly(host)).toBe(expected);
	});
});

describe("B10 the normalised URL", () => {
	test.each([
		["http://127.0.0.1:6420", "http://127.0.0.1:6420"],
		["http://127.0.0.1:6420/", "http://127.0.0.1:6420"],
		["http://127.0.0.1:6420///", "http://127.0.0.1:6420"],
		["http://host:6420/engine/", "http://host:6420/engine"],
		["http://[::1]:6420", "http://[::1]:6420"],
		["https://host:443/a/b", "https://host/a/b"],
		["http://default:token@127.0.0.1:6420/", "http://127.0.0.1:6420"],
	])("of %s is %s", (endpoint, url) => {
		expect(parseEndpoint(endpoint).url).toBe(url);
	});
});

describe("B10 credentials in an endpoint", () => {
	test.each([
		["http://default:token@host:1", { namespace: "default", token: "token" }],
		["http://default@host:1", { namespace: "default", token: undefined }],
		["http://a%40b:c%2Fd@host:1", { namespace: "a@b", token: "c/d" }],
		["http://default:100%@host:1", { namespace: "default", token: "100%" }],
		["http://host:1", undefined],
	])("%s", (endpoint, credentials) => {
		expect(parseEndpoint(endpoint).credentials).toEqual(credentials);
	});

	test("are not shown when an endpoint is printed or serialised", () => {
		const endpoint = parseEndpoint("http://default:s3cr3t@127.0.0.1:6420/x");
		expect(JSON.stringify(endpoint) + inspect(endpoint) + inspect({ ...endpoint })).not.toContain("s3cr3t");
	});

	test.each([
		["a port that is too large", "http://default:s3cr3t@127.0.0.1:99999"],
		["a query", "http://default:s3cr3t@127.0.0.1:6420?x=1"],
		["no scheme", "default:s3cr3t@127.0.0.1:6420"],
		["one slash too few", "http:/default:s3cr3t@127.0.0.1:6420?x=1"],
		["a slash in the token", "http://default:s3cr3t/abc@127.0.0.1:6420"],
		["an @ in the token", "http://default:s3cr3t@abc@127.0.0.1:99999"],
		["a line break", "\nhttp://default:s3cr3t@127.0.0.1:99999"],
	])("are not shown when the endpoint is refused for %s", (_, endpoint) => {
		// Node prints an uncaught error in this form, with its causes and their properties.
		expect(inspect(refusalOf(endpoint), { depth: null, showHidden: true })).not.toContain("s3cr3t");
	});
});

function refusalOf(endpoint: string): EngineError {
	try {
		parseEndpoint(endpoint);
	} catch (error) {
		if (error instanceof EngineError) return error;
		throw error;
	}
	throw new Error(`'${endpoint}' was not refused.`);
}
