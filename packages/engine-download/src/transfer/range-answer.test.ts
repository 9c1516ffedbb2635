import { describe, expect, test } from "vitest";
import {
	type RangeAnswer,
	type RangeRequest,
	type ResponseHeaders,
	rangeAnswer,
	resumeValidator,
} from "./range-answer.ts";

const TAG = '"v1"';

/** A download that has 100 of 1000 bytes. */
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
		["that is honoured goes on", 206, { "content-range": "bytes 100-999/1000", etag: TAG }, {}, append(1000)],
		["in part only goes on", 206, { "content-range": "bytes 100-199/1000" }, {}, append(1000)],
		[
			"of unknown length goes on, with what is known",
			206,
			{ "content-range": "bytes 100-199/*" },
			{},
			append(1000),
		],
		[
			"of unknown length goes on, with nothing known",
			206,
			{ "content-range": "bytes 100-199/*" },
			{ totalBytes: undefined },
			append(),
		],
		[
			"tells the length",
			206,
			{ "content-range": "BYTES 100-999/1000" },
			{ totalBytes: undefined },
			append(1000),
		],
		[
			"may have a tag where a date was sent",
			206,
			{ "content-range": "bytes 100-999/1000", etag: '"x"' },
			{ validator: "Sun, 06 Nov 1994 08:49:37 GMT" },
			append(1000),
		],
		["may have a weak tag", 206, { "content-range": "bytes 100-999/1000", etag: 'W/"v2"' }, {}, append(1000)],
		[
			"that was not asked for may be one from 0 on",
			206,
			{ "content-range": "bytes 0-999/1000" },
			{ offset: 0 },
			append(1000),
		],
		["that is ignored starts over", 200, { "content-length": "1000" }, {}, restart(1000)],
		["that is ignored, with another length, starts over", 200, { "content-length": "900" }, {}, restart(900)],
		["that is ignored, without a length, starts over", 200, {}, {}, restart()],
		[
			"that begins elsewhere is refused",
			206,
			{ "content-range": "bytes 0-999/1000" },
			{},
			refused("range", "from 0 on, where those from 100 on"),
		],
		[
			"that begins later is refused",
			206,
			{ "content-range": "bytes 101-999/1000" },
			{},
			refused("range", "from 101 on"),
		],
		[
			"of another length is refused",
			206,
			{ "content-range": "bytes 100-999/1001" },
			{},
			refused("range", "had 1000 bytes, and has 1001"),
		],
		[
			"of another tag is refused",
			206,
			{ "content-range": "bytes 100-999/1000", etag: '"v2"' },
			{},
			refused("range", "another ETag"),
		],
		["that says nothing of its place is refused", 206, {}, {}, refused("range", "content-range ''")],
		[
			"of several parts is refused",
			206,
			{ "content-type": "multipart/byteranges; boundary=x" },
			{},
			refused("range", "206"),
		],
		[
			"that is garbled is refused",
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
		["of all bytes, refused, is complete", 416, { "content-range": "bytes */100" }, {}, { kind: "complete" }],
		[
			"of a shorter file is asked for anew",
			416,
			{ "content-range": "bytes */99" },
			{},
			{ kind: "restart-request" },
		],
		[
			"of a longer file, refused all the same, is asked for anew",
			416,
			{ "content-range": "bytes */1000" },
			{},
			{ kind: "restart-request" },
		],
		["refused without a reason is asked for anew", 416, {}, {}, { kind: "restart-request" }],
		[
			"refused by a web page is asked for anew",
			416,
			{ "content-type": "text/html" },
			{},
			{ kind: "restart-request" },
		],
		[
			"refused though none was asked for is no answer",
			416,
			{ "content-range": "bytes */0" },
			{ offset: 0 },
			refused("status", "416"),
		],
		["of another status is no answer", 204, {}, {}, refused("status", "204")],
	])("%s", (_, status, headers, asked, expected) => {
		expect(answerTo(status, headers, asked)).toEqual(expected);
	});
});

describe("B22 an answer with all of a file", () => {
	test.each<[string, ResponseHeaders, object]>([
		["tells the length", { "content-length": "1000" }, append(1000)],
		["need not", { "transfer-encoding": "chunked" }, append()],
		["may tell nonsense", { "content-length": "-1" }, append()],
		["may have as much as it may", { "content-length": "5000" }, append(5000)],
		[
			"may not have more",
			{ "content-length": "5001" },
			refused("too-large", "5001 bytes, where at most 5000"),
		],
		["may be encoded as it is", { "content-encoding": "Identity" }, append()],
		["may have an empty encoding", { "content-encoding": "" }, append()],
		["may not be compressed", { "content-encoding": "gzip" }, refused("encoding", "'gzip'")],
		[
			"may not be compressed twice",
			{ "content-encoding": "identity, br" },
			refused("encoding", "identity, br"),
		],
		["is of any type", { "content-type": "text/plain" }, append()],
		["is no HTML", { "content-type": "text/html; charset=utf-8" }, refused("html", "captive portal")],
		["is no HTML in capitals", { "content-type": "TEXT/HTML" }, refused("html", "TEXT/HTML")],
		["is no XHTML", { "content-type": "application/xhtml+xml" }, refused("html", "HTML page")],
		[
			"is no HTML, even compressed",
			{ "content-type": "text/html", "content-encoding": "gzip" },
			refused("html", ""),
		],
		["is of a type that only resembles it", { "content-type": "text/htmlx" }, append()],
	])("%s", (_, headers, expected) => {
		expect(answerTo(200, headers, { offset: 0, totalBytes: undefined })).toEqual(expected);
	});

	test("may be HTML where a text is due, which tells better what it is", () => {
		expect(answerTo(200, { "content-type": "text/html" }, { offset: 0, expects: "text" })).toEqual(append());
	});

	test.each<[ResponseHeaders, string]>([
		[{ "content-encoding": "gzip" }, "encoding"],
		[{ "content-type": "text/html" }, "html"],
		[{ "content-range": "bytes 100-999/5001" }, "too-large"],
	])("is refused in parts for the same: %j", (headers, flaw) => {
		const range = { "content-range": "bytes 100-999/1000" };
		expect(answerTo(206, { ...range, ...headers })).toMatchObject({ kind: "refused", flaw });
	});
});

describe("B22 what If-Range says", () => {
	const modified = "Sun, 06 Nov 1994 08:49:37 GMT";
	const later = "Sun, 06 Nov 1994 08:49:38 GMT";

	test.each<[string, ResponseHeaders, string | undefined]>([
		["a strong tag", { etag: TAG }, TAG],
		["a strong tag rather than a date", { etag: TAG, "last-modified": modified, date: later }, TAG],
		["no weak tag", { etag: 'W/"v1"' }, undefined],
		["no date beside a weak tag", { etag: 'W/"v1"', "last-modified": modified, date: later }, undefined],
		["no tag without quotes", { etag: "v1" }, undefined],
		["a date that was a second ago", { "last-modified": modified, date: later }, modified],
		["no date of the same second", { "last-modified": modified, date: modified }, undefined],
		["no date of a server without a clock", { "last-modified": modified }, undefined],
		["no date that is none", { "last-modified": "yesterday", date: later }, undefined],
		["nothing", {}, undefined],
	])("%s", (_, headers, validator) => {
		expect(resumeValidator(headers)).toBe(validator);
	});
});
