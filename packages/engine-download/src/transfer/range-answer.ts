import { isHtmlType } from "../failure/html-page.ts";

/** The headers of an answer, by lower-case name. */
export type ResponseHeaders = Readonly<Record<string, string | undefined>>;

/** A request for a file, or for the rest of it. */
export interface RangeRequest {
	/** The offset of the first requested byte: the number of bytes received so far. At 0 no `Range` was sent. */
	readonly offset: number;
	/** The size of the whole file according to an earlier answer. */
	readonly totalBytes?: number | undefined;
	/** The `If-Range` that was sent; see {@link resumeValidator}. */
	readonly validator?: string | undefined;
	/** The maximum size of the whole file. */
	readonly maximumBytes: number;
	/** The kind of file. An HTML page is refused as a binary, but not as a text. @defaultValue `binary` */
	readonly expects?: "binary" | "text" | undefined;
}

/** The use of an answer's body. `totalBytes` is the size of the whole file; undefined if the answer does not contain it. */
export type RangeAnswer =
	| { readonly kind: "append"; readonly totalBytes: number | undefined }
	/** Restart the file with this body: the server sends the whole file. */
	| { readonly kind: "restart"; readonly totalBytes: number | undefined }
	/** The file is complete already; the body is not needed. */
	| { readonly kind: "complete" }
	/** Send the request again without `Range`. */
	| { readonly kind: "restart-request" }
	| { readonly kind: "refused"; readonly flaw: AnswerFlaw; readonly reason: string };

/** The fault of a refused answer. After the fault `range`, a request for the whole file may succeed. */
export type AnswerFlaw = "encoding" | "html" | "range" | "status" | "too-large";

/**
 * Decides how a download that has `offset` bytes uses an answer with status 200, 206 or 416.
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
 * Chooses the `If-Range` for the next request if this answer's body is cut: the ETag, unless the ETag is weak. Without an
 * ETag: `Last-Modified`, if that is at least a second ago, because the file could change again within that second. If
 * there is no validator, the rest is requested without one: the digest shows whether it belongs to the same file.
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
			`the server sent the bytes from ${first} on instead of those from ${asked.offset} on`,
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

/** Returns whether two ETags prove that the file has changed. Weak ETags prove nothing. */
function isOtherFile(sent: string | undefined, received: string | undefined): boolean {
	if (sent === undefined || received === undefined) return false;
	return isStrong(sent) && isStrong(received) && sent !== received;
}

/** Judges an answer with status 416. If the size of the file equals the received bytes, the file is complete. */
function unsatisfiedAnswer({ offset }: RangeRequest, headers: ResponseHeaders): RangeAnswer {
	if (offset === 0) return refused("status", "status 416 although no range was requested");
	const [, total] = /^\s*bytes \*\/(\d+)\s*$/i.exec(headers["content-range"] ?? "") ?? [];
	return Number(total) === offset ? { kind: "complete" } : { kind: "restart-request" };
}

/** Refuses the body of a whole file or of a part because of its type, encoding or size; undefined if the body is usable. */
function bodyRefusal(
	{ maximumBytes, expects = "binary" }: RangeRequest,
	headers: ResponseHeaders,
	totalBytes: number | undefined,
): RangeAnswer | undefined {
	const type = headers["content-type"];
	if (expects === "binary" && isHtmlType(type)) {
		return refused(
			"html",
			`an HTML page (${type}) instead of a binary, perhaps from a captive portal or a login page`,
		);
	}
	const encoding = headers["content-encoding"]?.trim().toLowerCase() ?? "";
	if (encoding !== "" && encoding !== "identity") {
		return refused("encoding", `the content-encoding '${encoding}', which was not requested`);
	}
	if (totalBytes !== undefined && totalBytes > maximumBytes) {
		return refused("too-large", `a file of ${totalBytes} bytes; at most ${maximumBytes} are allowed`);
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
