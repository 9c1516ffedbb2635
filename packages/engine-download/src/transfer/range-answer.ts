import { isHtmlType } from "../failure/html-page.ts";

/** The headers of an answer, by lower-case name. */
export type ResponseHeaders = Readonly<Record<string, string | undefined>>;

/** What was asked for. */
export interface RangeRequest {
	/** From which byte on, which is how many there are already. At 0 no `Range` was sent. */
	readonly offset: number;
	/** How many bytes the whole file has, as an earlier answer said. */
	readonly totalBytes?: number | undefined;
	/** What was sent as `If-Range`; see {@link resumeValidator}. */
	readonly validator?: string | undefined;
	/** The most that the whole file may have. */
	readonly maximumBytes: number;
	/** An HTML page is no binary, but may be a text. @defaultValue `binary` */
	readonly expects?: "binary" | "text" | undefined;
}

/** What to do with the body of an answer. `totalBytes` is that of the whole file, where the answer says it. */
export type RangeAnswer =
	| { readonly kind: "append"; readonly totalBytes: number | undefined }
	/** Begin anew with this body: the server has sent all of the file. */
	| { readonly kind: "restart"; readonly totalBytes: number | undefined }
	/** There is nothing more to come. */
	| { readonly kind: "complete" }
	/** Ask again without `Range`. */
	| { readonly kind: "restart-request" }
	| { readonly kind: "refused"; readonly flaw: AnswerFlaw; readonly reason: string };

/** `range` may be cured by asking for all of the file. */
export type AnswerFlaw = "encoding" | "html" | "range" | "status" | "too-large";

/**
 * What an answer of status 200, 206 or 416 means for a download that has `offset` bytes.
 *
 * @see RFC 9110, sections 14.4 and 15.3.7
 */
export function rangeAnswer(
	asked: RangeRequest,
	{ status, headers }: { readonly status: number; readonly headers: ResponseHeaders },
): RangeAnswer {
	switch (status) {
		case 200:
			return refusal(asked, headers, contentLength(headers)) ?? whole(asked, contentLength(headers));
		case 206:
			return partial(asked, headers);
		case 416:
			return unsatisfied(asked, headers);
		default:
			return refused("status", `unexpected status ${status}`);
	}
}

/**
 * What to send as `If-Range` when this answer's body has been cut: its ETag unless that is weak, else its date, if
 * the file cannot have changed within the second that the date names. Without one the range is asked for all the
 * same, and the digest tells.
 *
 * @see RFC 9110, sections 8.8.2.2 and 13.1.5
 */
export function resumeValidator(headers: ResponseHeaders): string | undefined {
	const { etag, date, "last-modified": lastModified } = headers;
	if (etag !== undefined) return isStrong(etag) ? etag : undefined;
	const ageMs = Date.parse(date ?? "") - Date.parse(lastModified ?? "");
	return ageMs >= 1000 ? lastModified : undefined;
}

function isStrong(etag: string): boolean {
	return /^"[^"]*"$/.test(etag);
}

function whole({ offset }: RangeRequest, totalBytes: number | undefined): RangeAnswer {
	return { kind: offset === 0 ? "append" : "restart", totalBytes };
}

function partial(asked: RangeRequest, headers: ResponseHeaders): RangeAnswer {
	const said = headers["content-range"];
	const [, first, last, total] = /^\s*bytes (\d+)-(\d+)\/(\d+|\*)\s*$/i.exec(said ?? "") ?? [];
	if (first === undefined) return refused("range", `status 206 with the content-range '${said ?? ""}'`);
	const totalBytes = total === "*" ? undefined : Number(total);
	const flaw = refusal(asked, headers, totalBytes);
	if (flaw !== undefined) return flaw;
	if (Number(first) !== asked.offset) {
		return refused(
			"range",
			`the server sent bytes from ${first} on, where those from ${asked.offset} on were due`,
		);
	}
	if (Number(last) < Number(first) || (totalBytes !== undefined && Number(last) >= totalBytes)) {
		return refused("range", `the server sent the impossible range '${said}'`);
	}
	const known = asked.totalBytes;
	if (known !== undefined && totalBytes !== undefined && known !== totalBytes) {
		return refused(
			"range",
			`the file has changed on the server: it had ${known} bytes, and has ${totalBytes}`,
		);
	}
	if (isOtherFile(asked.validator, headers["etag"])) {
		return refused("range", "the file has changed on the server: it has another ETag");
	}
	return { kind: "append", totalBytes: totalBytes ?? known };
}

/** Only two strong tags that differ say so. */
function isOtherFile(sent: string | undefined, received: string | undefined): boolean {
	if (sent === undefined || received === undefined) return false;
	return isStrong(sent) && isStrong(received) && sent !== received;
}

/** The whole file is there if it has as many bytes as there are; whether it is the right one, the digest tells. */
function unsatisfied({ offset }: RangeRequest, headers: ResponseHeaders): RangeAnswer {
	if (offset === 0) return refused("status", "status 416 though no range was asked for");
	const [, total] = /^\s*bytes \*\/(\d+)\s*$/i.exec(headers["content-range"] ?? "") ?? [];
	return Number(total) === offset ? { kind: "complete" } : { kind: "restart-request" };
}

/** What is wrong with a body, whichever part of the file it is. */
function refusal(
	{ maximumBytes, expects = "binary" }: RangeRequest,
	headers: ResponseHeaders,
	totalBytes: number | undefined,
): RangeAnswer | undefined {
	const type = headers["content-type"];
	if (expects === "binary" && isHtmlType(type)) {
		return refused(
			"html",
			`an HTML page (${type}) came where a binary was due, as a captive portal or a login page sends it`,
		);
	}
	const encoding = headers["content-encoding"]?.trim().toLowerCase() ?? "";
	if (encoding !== "" && encoding !== "identity") {
		return refused("encoding", `the content-encoding '${encoding}', which was not asked for`);
	}
	if (totalBytes !== undefined && totalBytes > maximumBytes) {
		return refused("too-large", `a file of ${totalBytes} bytes, where at most ${maximumBytes} may come`);
	}
	return undefined;
}

function contentLength(headers: ResponseHeaders): number | undefined {
	const text = headers["content-length"]?.trim() ?? "";
	return /^\d+$/.test(text) ? Number(text) : undefined;
}

function refused(flaw: AnswerFlaw, reason: string): RangeAnswer {
	return { kind: "refused", flaw, reason };
}
