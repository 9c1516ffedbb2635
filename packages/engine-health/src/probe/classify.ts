import type { EngineHealth } from "@rivetkit/engine-core";
import type { HttpAnswer } from "./http-get.ts";
import type { ProbeResult } from "./probe-result.ts";

/** A {@link ProbeResult} before the bind test. `refused`: the port refuses connections, and may be free. */
export type Answer = Exclude<ProbeResult, { kind: "free" }> | { readonly kind: "refused" };

/** Finds out from the answer to `GET /health` which kind of server answered. */
export function classifyHealthAnswer(answer: HttpAnswer): Answer {
	switch (answer.kind) {
		case "timeout":
			return { kind: "unresponsive", reason: answer.reason };
		case "failed":
			return classifyFailure(answer.error);
		case "too-large":
			return notAnEngine(
				answer.status,
				`it sends an endless or very large ${mediaType(answer.contentType)} document`,
			);
		case "response":
			if (answer.status >= 500) return { kind: "unhealthy", status: answer.status };
			if (answer.status < 200 || answer.status > 299) {
				return notAnEngine(
					answer.status,
					`it answers /health with ${answer.status} ${answer.statusText}`.trimEnd(),
				);
			}
			return classifyBody(answer.status, answer.contentType, answer.body);
	}
}

/**
 * Finds out from the answer to `GET /metadata` whether the port is an engine's api-peer port, which has no such route.
 * Undefined for the guard, and for every answer that proves nothing.
 */
export function classifyApiPeer(answer: HttpAnswer): Answer | undefined {
	if (answer.kind !== "response" || answer.status !== 404) return undefined;
	const error = parseJson(answer.body);
	if (error?.["group"] !== "api" || error["code"] !== "not_found") return undefined;
	return notAnEngine(
		404,
		"it is the api-peer port of an engine, whose guard port is another one (usually one lower)",
	);
}

function classifyBody(status: number, contentType: string, body: string): Answer {
	const parsed = parseJson(body);
	if (parsed === undefined) {
		return notAnEngine(status, `it answers /health with ${mediaType(contentType)} that is not a JSON object`);
	}
	if (parsed["runtime"] !== "engine") {
		return { kind: "foreign", runtime: text(parsed["runtime"])?.slice(0, 100) ?? "unknown" };
	}
	const health: EngineHealth = {
		runtime: "engine",
		status: text(parsed["status"]),
		version: text(parsed["version"]),
		architecture: text(parsed["architecture"]),
	};
	return { kind: "engine", health };
}

function classifyFailure(error: NodeJS.ErrnoException): Answer {
	const code = error.code ?? "";
	if (code === "ECONNREFUSED") return { kind: "refused" };
	if (code === "EPROTO") return notAnEngine(undefined, "it does not speak TLS, as https wants");
	if (code.startsWith("HPE_")) return notAnEngine(undefined, "it does not speak HTTP");
	// A connection breaks off when an engine starts or stops, or when a listener closes.
	if (code === "ECONNRESET" || code === "EPIPE")
		return { kind: "unresponsive", reason: "it closed the connection" };
	return { kind: "unreachable", reason: code === "" ? error.message : `${code}: ${error.message}` };
}

function notAnEngine(status: number | undefined, reason: string): Answer {
	return { kind: "not-an-engine", status, reason };
}

function parseJson(body: string): Readonly<Record<string, unknown>> | undefined {
	try {
		const value: unknown = JSON.parse(body);
		const isObject = value !== null && typeof value === "object" && !Array.isArray(value);
		return isObject ? (value as Record<string, unknown>) : undefined;
	} catch {
		return undefined;
	}
}

function text(value: unknown): string | undefined {
	return typeof value === "string" ? value : undefined;
}

function mediaType(contentType: string): string {
	return contentType.split(";")[0]?.trim() || "data of no stated type";
}
