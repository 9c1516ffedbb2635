import { isHtmlType } from "../failure/html-page.ts";

/** The headers of an answer, by lower-case name. */
export type ResponseHeaders = Readonly<Record<string, string | undefined>>;

/** A request for a file, or for the rest of it. */
export interface RangeRequest {
	/** The first byte that was asked for, which is the number of bytes received so far. At 0 no `Range` was sent. */
	readonly offset: number;
	/** The size of the whole file, as an earlier answer said. */
	readonly totalBytes?: number | undefined;
	/** The `If-Range` that was sent; see {@link resumeValidator}. */
	readonly validator?: string | undefined;
	/** The largest size that the whole file may have. */
	readonly maximumBytes: number;
	/** The kind of file. An HTML page is refused as a binary, but not as a text. @defaultValue `binary` */
	readonly expects?: "binary" | "text" | undefined;
}

/** A decision about the body of an answer. `totalBytes` is the size of the whole file, where the answer says it. */
export type RangeAnswer =
	| { readonly kind: "append"; readonly totalBytes: number | undefined }
	/** Start the file over with this body: the server has sent all of the file. */
	| { readonly kind: "restart"; readonly totalBytes: number | undefined }
	/** The file is complete already; the body is not needed. */
	| { readonly kind: "complete" }
	/** Ask again without `Range`. */
	| { readonly kind: "restart-request" }
	| { readonly kind: "refused"; readonly flaw: AnswerFlaw; readonly reason: string };

/** The fault of a refused answer. The fault `range` may be cured by asking for all of the file. */
export type AnswerFlaw = "encoding" | "html" | "range" | "status" | "too-large";

/**
 * Decides what an answer of status 200, 206 or 416 means for a download that has `offset` bytes.
 *
 * @see RFC 9110, sections 14.4 and 15.3.7
 */
export function rangeAnswer(
	asked: RangeRequest,
	{ status, headers }: { readonly status: number; readonly headers: ResponseHeaders },
): RangeAnswer {
	switch (status) {
		case 200:
			return (
				bodyRefusal(asked, headers, contentLength(headers)) ?? wholeAnswer(asked, contentLength(headers))
			);
		case 206:
			return partialAnswer(asked, headers);
		case 416:
			return unsatisfiedAnswer(asked, headers);
		default:
			return refused("status", `unexpected status ${status}`);
	}
}

/**
 * Chooses the `If-Range` to send if this answer's body is cut: its ETag, unless that is weak; without an ETag, the date
 * of its last change, if that is a second ago at least, as the file could have changed again within that second. Without
 * any, the rest is asked for all the same: the digest will tell whether it belongs to the same file.
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

function wholeAnswer({ offset }: RangeRequest, totalBytes: number | undefined): RangeAnswer {
	return { kind: offset === 0 ? "append" : "restart", totalBytes };
}

function partialAnswer(asked: RangeRequest, headers: ResponseHeaders): RangeAnswer {
	const said = headers["content-range"];
	const [, first, last, total] = /^\s*bytes (\d+)-(\d+)\/(\d+|\*)\s*$/i.exec(said ?? "") ?? [];
	if (first === undefined) return refused("range", `status 206 with the content-range '${said ?? ""}'`);
	const totalBytes = total === "*" ? undefined : Number(total);
	const refusal = bodyRefusal(asked, headers, totalBytes);
	if (refusal !== undefined) return refusal;
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

/** Returns whether two ETags prove that the file is another one. Weak ETags prove nothing. */
function isOtherFile(sent: string | undefined, received: string | undefined): boolean {
	if (sent === undefined || received === undefined) return false;
	return isStrong(sent) && isStrong(received) && sent !== received;
}

/** Judges an answer 416. If the file on the server has as many bytes as were received, the file is complete. */
function unsatisfiedAnswer({ offset }: RangeRequest, headers: ResponseHeaders): RangeAnswer {
	if (offset === 0) return refused("status", "status 416 though no range was asked for");
	const [, total] = /^\s*bytes \*\/(\d+)\s*$/i.exec(headers["content-range"] ?? "") ?? [];
	return Number(total) === offset ? { kind: "complete" } : { kind: "restart-request" };
}

/** Refuses a body for its type, encoding or size, be it all of the file or a part; undefined if it is fine. */
function bodyRefusal(
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
