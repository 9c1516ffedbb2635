import { describe, expect, test } from "vitest";
import {
	type RangeAnswer,
	type RangeRequest,
	type ResponseHeaders,
	rangeAnswer,
	resumeValidator,
} from "./range-answer.ts";

const TAG = '"v1"';

/** Judges an answer for a download that has 100 of 1000 bytes. */
function answerTo(status: number, headers: ResponseHeaders, asked: Partial<RangeRequest> = {}): RangeAnswer {
	const request = { offset: 100, totalBytes: 1000, maximumBytes: 5000, validator: TAG, ...asked };
	return rangeAnswer(request, { status, headers });
}

const append = (totalBytes?: number) => ({ kind: "append", totalBytes });
const restart = (totalBytes?: number) => ({ kind: "restart", totalBytes });
const refused = (flaw: string, reason: string) => ({
	kind: "refused",
	flaw,
	reason: expect.stringContaining(reason),
});

describe("B22 an answer to a range", () => {
	test.each<[string, number, ResponseHeaders, Partial<RangeRequest>, object]>([
		[
			"that is honoured is appended",
			206,
			{ "content-range": "bytes 100-999/1000", etag: TAG },
			{},
			append(1000),
		],
		[
			"with a part of the range is appended",
			206,
			{ "content-range": "bytes 100-199/1000" },
			{},
			append(1000),
		],
		[
			"of unknown length is appended, with the length of an earlier answer",
			206,
			{ "content-range": "bytes 100-199/*" },
			{},
			append(1000),
		],
		[
			"of unknown length is appended, without a length if none is known",
			206,
			{ "content-range": "bytes 100-199/*" },
			{ totalBytes: undefined },
			append(),
		],
		[
			"gives the length",
			206,
			{ "content-range": "BYTES 100-999/1000" },
			{ totalBytes: undefined },
			append(1000),
		],
		[
			"may have an ETag where a date was sent",
			206,
			{ "content-range": "bytes 100-999/1000", etag: '"x"' },
			{ validator: "Sun, 06 Nov 1994 08:49:37 GMT" },
			append(1000),
		],
		[
			"may have a weak ETag",
			206,
			{ "content-range": "bytes 100-999/1000", etag: 'W/"v2"' },
			{},
			append(1000),
		],
		[
			"is appended even if no range was asked for, if it starts at 0",
			206,
			{ "content-range": "bytes 0-999/1000" },
			{ offset: 0 },
			append(1000),
		],
		["that ignores the range starts the file over", 200, { "content-length": "1000" }, {}, restart(1000)],
		[
			"that ignores the range starts the file over, with another length",
			200,
			{ "content-length": "900" },
			{},
			restart(900),
		],
		["that ignores the range starts the file over, without a length", 200, {}, {}, restart()],
		[
			"that starts before the range is refused",
			206,
			{ "content-range": "bytes 0-999/1000" },
			{},
			refused("range", "from 0 on instead of those from 100 on"),
		],
		[
			"that starts after the beginning of the range is refused",
			206,
			{ "content-range": "bytes 101-999/1000" },
			{},
			refused("range", "from 101 on"),
		],
		[
			"for a file of another length is refused",
			206,
			{ "content-range": "bytes 100-999/1001" },
			{},
			refused("range", "had 1000 bytes, and has 1001"),
		],
		[
			"for a file with another ETag is refused",
			206,
			{ "content-range": "bytes 100-999/1000", etag: '"v2"' },
			{},
			refused("range", "another ETag"),
		],
		["without a content-range is refused", 206, {}, {}, refused("range", "content-range ''")],
		[
			"of several parts is refused",
			206,
			{ "content-type": "multipart/byteranges; boundary=x" },
			{},
			refused("range", "206"),
		],
		[
			"with a garbled content-range is refused",
			206,
			{ "content-range": "bytes=100-999/1000" },
			{},
			refused("range", "bytes=100"),
		],
		[
			"that ends before it begins is refused",
			206,
			{ "content-range": "bytes 100-99/1000" },
			{},
			refused("range", "impossible"),
		],
		[
			"that ends after the file is refused",
			206,
			{ "content-range": "bytes 100-1000/1000" },
			{},
			refused("range", "impossible"),
		],
		[
			"416 is complete where the file has as many bytes as were received",
			416,
			{ "content-range": "bytes */100" },
			{},
			{ kind: "complete" },
		],
		[
			"416 for a shorter file leads to a request for all of it",
			416,
			{ "content-range": "bytes */99" },
			{},
			{ kind: "restart-request" },
		],
		[
			"416 for a longer file leads to a request for all of it",
			416,
			{ "content-range": "bytes */1000" },
			{},
			{ kind: "restart-request" },
		],
		[
			"416 without a content-range leads to a request for all of the file",
			416,
			{},
			{},
			{ kind: "restart-request" },
		],
		[
			"416 with a web page leads to a request for all of the file",
			416,
			{ "content-type": "text/html" },
			{},
			{ kind: "restart-request" },
		],
		[
			"416 is refused where no range was asked for",
			416,
			{ "content-range": "bytes */0" },
			{ offset: 0 },
			refused("status", "416"),
		],
		["of another status is refused", 204, {}, {}, refused("status", "204")],
	])("%s", (_, status, headers, asked, expected) => {
		expect(answerTo(status, headers, asked)).toEqual(expected);
	});
});

describe("B22 an answer with all of a file", () => {
	test.each<[string, ResponseHeaders, object]>([
		["gives the length", { "content-length": "1000" }, append(1000)],
		["may lack a length", { "transfer-encoding": "chunked" }, append()],
		["may have a length that is nonsense", { "content-length": "-1" }, append()],
		["may be as large as the limit", { "content-length": "5000" }, append(5000)],
		[
			"may not be larger than the limit",
			{ "content-length": "5001" },
			refused("too-large", "5001 bytes; at most 5000"),
		],
		["may have the encoding identity", { "content-encoding": "Identity" }, append()],
		["may have an empty encoding", { "content-encoding": "" }, append()],
		["may not be compressed", { "content-encoding": "gzip" }, refused("encoding", "'gzip'")],
		[
			"may not be compressed twice",
			{ "content-encoding": "identity, br" },
			refused("encoding", "identity, br"),
		],
		["may be of any other type", { "content-type": "text/plain" }, append()],
		["may not be HTML", { "content-type": "text/html; charset=utf-8" }, refused("html", "captive portal")],
		["may not be HTML, also in capitals", { "content-type": "TEXT/HTML" }, refused("html", "TEXT/HTML")],
		["may not be XHTML", { "content-type": "application/xhtml+xml" }, refused("html", "HTML page")],
		[
			"may not be HTML, even compressed",
			{ "content-type": "text/html", "content-encoding": "gzip" },
			refused("html", ""),
		],
		["may be of a type that only resembles HTML", { "content-type": "text/htmlx" }, append()],
	])("%s", (_, headers, expected) => {
		expect(answerTo(200, headers, { offset: 0, totalBytes: undefined })).toEqual(expected);
	});

	test("may be HTML where a text is expected: its reader names it better", () => {
		expect(answerTo(200, { "content-type": "text/html" }, { offset: 0, expects: "text" })).toEqual(append());
	});

	test.each<[ResponseHeaders, string]>([
		[{ "content-encoding": "gzip" }, "encoding"],
		[{ "content-type": "text/html" }, "html"],
		[{ "content-range": "bytes 100-999/5001" }, "too-large"],
	])("is refused for the same reasons where it has only a part of the file: %j", (headers, flaw) => {
		const range = { "content-range": "bytes 100-999/1000" };
		expect(answerTo(206, { ...range, ...headers })).toMatchObject({ kind: "refused", flaw });
	});
});

describe("B22 If-Range", () => {
	const modified = "Sun, 06 Nov 1994 08:49:37 GMT";
	const later = "Sun, 06 Nov 1994 08:49:38 GMT";

	test.each<[string, ResponseHeaders, string | undefined]>([
		["is a strong ETag", { etag: TAG }, TAG],
		["is a strong ETag rather than a date", { etag: TAG, "last-modified": modified, date: later }, TAG],
		["is no weak ETag", { etag: 'W/"v1"' }, undefined],
		["is no date beside a weak ETag", { etag: 'W/"v1"', "last-modified": modified, date: later }, undefined],
		["is no ETag without quotes", { etag: "v1" }, undefined],
		["is a date that was a second ago", { "last-modified": modified, date: later }, modified],
		["is no date of the same second", { "last-modified": modified, date: modified }, undefined],
		["is no date of a server that does not send its own", { "last-modified": modified }, undefined],
		["is no text that is not a date", { "last-modified": "yesterday", date: later }, undefined],
		["is missing without headers", {}, undefined],
	])("%s", (_, headers, validator) => {
		expect(resumeValidator(headers)).toBe(validator);
	});
});
