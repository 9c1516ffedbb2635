import { describe, expect, test } from "vitest";
import { type Answer, classifyApiPeer, classifyHealthAnswer } from "./classify.ts";
import type { HttpAnswer } from "./http-get.ts";

const json = "application/json";

describe("B24 the judgement of an answer to /health", () => {
	test.each<[string, HttpAnswer, Answer]>([
		[
			"version 2",
			response(200, '{"runtime":"engine","status":"ok","version":"2.3.19"}'),
			engine({ status: "ok", version: "2.3.19" }),
		],
		[
			"version 3",
			response(200, '{"runtime":"engine","status":"ok","version":"3.0.0","architecture":"v3"}'),
			engine({ status: "ok", version: "3.0.0", architecture: "v3" }),
		],
		["an engine that says no more", response(201, '{"runtime":"engine","version":7}'), engine({})],
		["rivetkit", response(200, '{"runtime":"rivetkit"}'), { kind: "foreign", runtime: "rivetkit" }],
		["a runtime in capitals", response(200, '{"runtime":"Engine"}'), { kind: "foreign", runtime: "Engine" }],
		["no runtime", response(200, '{"status":"ok"}'), { kind: "foreign", runtime: "unknown" }],
		[
			"a runtime that is no text",
			response(200, '{"runtime":["engine"]}'),
			{ kind: "foreign", runtime: "unknown" },
		],
		["500", response(500, '{"runtime":"engine"}'), { kind: "unhealthy", status: 500 }],
		["503", response(503, ""), { kind: "unhealthy", status: 503 }],
		["a refused connection", failed("ECONNREFUSED"), { kind: "refused" }],
		["a reset", failed("ECONNRESET"), { kind: "unresponsive", reason: "it closed the connection" }],
		["a broken pipe", failed("EPIPE"), { kind: "unresponsive", reason: "it closed the connection" }],
		["no HTTP", failed("HPE_INVALID_CONSTANT"), notAnEngine(undefined, "it does not speak HTTP")],
		["no route", failed("EHOSTUNREACH"), { kind: "unreachable", reason: "EHOSTUNREACH: it failed" }],
		["an error without a code", failed(undefined), { kind: "unreachable", reason: "it failed" }],
		[
			"no answer",
			{ kind: "timeout", reason: "no answer within 9 ms" },
			{ kind: "unresponsive", reason: "no answer within 9 ms" },
		],
		[
			"too much",
			{ kind: "too-large", status: 200, contentType: "text/plain; version=0.0.4" },
			notAnEngine(200, "it sends an endless or very large text/plain document"),
		],
		["404", response(404, "{}"), notAnEngine(404, "it answers /health with 404 Reason")],
		["a redirect", response(302, ""), notAnEngine(302, "it answers /health with 302 Reason")],
		[
			"a page",
			response(200, "<p>", "text/html"),
			notAnEngine(200, "it answers /health with text/html that is not a JSON object"),
		],
		[
			"a list",
			response(200, '["engine"]'),
			notAnEngine(200, `it answers /health with ${json} that is not a JSON object`),
		],
		[
			"null",
			response(200, "null"),
			notAnEngine(200, `it answers /health with ${json} that is not a JSON object`),
		],
		[
			"nothing at all",
			response(204, "", ""),
			notAnEngine(204, "it answers /health with data of no stated type that is not a JSON object"),
		],
	])("%s", (_, answer, expected) => {
		expect(classifyHealthAnswer(answer)).toEqual(expected);
	});

	test("shortens the name of a runtime, since messages show it", () => {
		const answer = classifyHealthAnswer(response(200, JSON.stringify({ runtime: "x".repeat(10_000) })));
		expect(answer).toEqual({ kind: "foreign", runtime: "x".repeat(100) });
	});
});

describe("B24 the judgement of an answer to /metadata", () => {
	const notFound = '{"group":"api","code":"not_found","message":"Not found."}';

	test("finds the api-peer port", () => {
		expect(classifyApiPeer(response(404, notFound))).toMatchObject({
			kind: "not-an-engine",
			reason: expect.stringContaining("api-peer"),
		});
	});

	test.each<[string, HttpAnswer]>([
		["200", response(200, '{"runtime":"engine"}')],
		["200 with such a body", response(200, notFound)],
		["404 of a proxy", response(404, "not found", "text/plain")],
		["404 of somebody else", response(404, '{"group":"guard","code":"not_found"}')],
		["401", response(401, notFound)],
		["no answer", { kind: "timeout", reason: "" }],
		["a broken connection", failed("ECONNRESET")],
	])("%s proves nothing", (_, answer) => {
		expect(classifyApiPeer(answer)).toBeUndefined();
	});
});

function response(status: number, body: string, contentType = json): HttpAnswer {
	return { kind: "response", status, statusText: "Reason", contentType, body };
}

function failed(code: string | undefined): HttpAnswer {
	return { kind: "failed", error: Object.assign(new Error("it failed"), code === undefined ? {} : { code }) };
}

function engine(health: { status?: string; version?: string; architecture?: string }): Answer {
	const unsaid = { status: undefined, version: undefined, architecture: undefined };
	return { kind: "engine", health: { runtime: "engine", ...unsaid, ...health } };
}

function notAnEngine(status: number | undefined, reason: string): Answer {
	return { kind: "not-an-engine", status, reason };
}
