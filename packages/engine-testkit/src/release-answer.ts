import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import type { Body } from "./release-body.ts";
import { type Fault, faultOf } from "./release-fault.ts";
import type { DescribedFile } from "./release-files.ts";

/** An answer of a release server. */
export interface Answer {
	readonly status: number;
	readonly headers: OutgoingHttpHeaders;
	readonly body: Body;
}

/** The request that is answered. */
export interface Asked {
	/** Path and query. */
	readonly url: string;
	readonly headers: IncomingHttpHeaders;
	/** A different number for each request. */
	readonly serial: number;
}

/** Chooses the answer to a GET request, with its faults. `file` is undefined if there is no such file. */
export function chooseAnswer(
	asked: Asked,
	file: DescribedFile | undefined,
	faults: readonly Fault[],
): Answer {
	const answer = insteadOfFile(asked.url, faults) ?? fileAnswer(asked, file, faults);
	return { ...answer, headers: { ...answer.headers, ...framing(answer.body, faults) } };
}

function insteadOfFile(url: string, faults: readonly Fault[]): Answer | undefined {
	const status = faultOf(faults, "status");
	if (status !== undefined) return textAnswer(status.status, status.headers, status.body);
	const redirect = faultOf(faults, "redirect");
	if (redirect !== undefined) {
		const location = typeof redirect.to === "string" ? redirect.to : redirect.to(url);
		return textAnswer(redirect.status ?? 302, { location });
	}
	const html = faultOf(faults, "html");
	if (html === undefined) return undefined;
	const page = "<!doctype html><title>Welcome</title><p>Please sign in to use this network.";
	return textAnswer(html.status ?? 200, { "content-type": "text/html; charset=utf-8" }, page);
}

function fileAnswer(asked: Asked, file: DescribedFile | undefined, faults: readonly Fault[]): Answer {
	if (file === undefined) return textAnswer(404);
	const { source, sizeBytes } = file;
	const validators = validatorsOf(file, asked.serial, faults);
	const range = requestedRange(asked.headers, sizeBytes, validators, faults);
	if (range === "not satisfiable") {
		const total = faultOf(faults, "range-not-satisfiable")?.total ?? sizeBytes;
		return textAnswer(416, { "content-range": `bytes */${total}` });
	}
	const common = {
		"content-type": "application/octet-stream",
		...(faultOf(faults, "ignore-range") === undefined ? { "accept-ranges": "bytes" } : {}),
		...validators,
	};
	if (range === undefined)
		return { status: 200, headers: common, body: { source, start: 0, end: sizeBytes } };
	const shifted = range.start + (faultOf(faults, "wrong-range-start")?.delta ?? 0);
	const start = Math.max(0, Math.min(shifted, range.end - 1));
	const total = sizeBytes + (faultOf(faults, "wrong-range-total")?.delta ?? 0);
	const headers = { ...common, "content-range": `bytes ${start}-${range.end - 1}/${total}` };
	return { status: 206, headers, body: { source, start, end: range.end } };
}

interface Validators {
	readonly etag?: string;
	readonly "last-modified"?: string;
}

function validatorsOf(file: DescribedFile, serial: number, faults: readonly Fault[]): Validators {
	if (faultOf(faults, "no-validator") !== undefined) return {};
	const replaced = faultOf(faults, "new-validator") !== undefined;
	const etag = replaced ? `"${serial}-${file.etag.slice(1)}` : file.etag;
	const modifiedAt = file.modifiedAt + (replaced ? serial * 1000 : 0);
	return {
		etag: faultOf(faults, "weak-etag") === undefined ? etag : `W/${etag}`,
		"last-modified": new Date(modifiedAt).toUTCString(),
	};
}

/** Reads the single requested range, `end` excluded; undefined if the whole file is to be sent. */
function requestedRange(
	headers: IncomingHttpHeaders,
	sizeBytes: number,
	validators: Validators,
	faults: readonly Fault[],
): { readonly start: number; readonly end: number } | "not satisfiable" | undefined {
	if (headers.range === undefined || faultOf(faults, "ignore-range") !== undefined) return undefined;
	if (faultOf(faults, "range-not-satisfiable") !== undefined) return "not satisfiable";
	const condition = headers["if-range"];
	if (condition !== undefined) {
		const strong = validators.etag?.startsWith('"') === true && condition === validators.etag;
		if (!strong && condition !== validators["last-modified"]) return undefined;
	}
	const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(headers.range) ?? [];
	if (first === "" && last === "") return undefined;
	const start = first === "" ? Math.max(0, sizeBytes - Number(last)) : Number(first);
	const end = first === "" || last === "" ? sizeBytes : Math.min(sizeBytes, Number(last) + 1);
	if (start < end) return { start, end };
	// A range that ends before its start is ignored. A range behind the end of the file cannot be served.
	return start >= sizeBytes ? "not satisfiable" : undefined;
}

function framing({ start, end }: Body, faults: readonly Fault[]): OutgoingHttpHeaders {
	if (faultOf(faults, "gzip") !== undefined) return { "content-encoding": "gzip" };
	if (faultOf(faults, "no-length") !== undefined) return {};
	const wrong = faultOf(faults, "wrong-length");
	if (wrong === undefined) return { "content-length": end - start };
	// The connection is closed. Otherwise the client would wait for the rest until its idle timeout.
	return { "content-length": Math.max(0, end - start + wrong.delta), connection: "close" };
}

function textAnswer(status: number, headers: OutgoingHttpHeaders = {}, text = `${status}\n`): Answer {
	const source = Buffer.from(text);
	return {
		status,
		headers: { "content-type": "text/plain", ...headers },
		body: { source, start: 0, end: source.length },
	};
}
