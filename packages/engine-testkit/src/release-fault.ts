import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";

/** A fault of one answer of a release server. */
export type Fault = TransferFault | ContentFault | RangeFault | ValidatorFault | OtherAnswerFault;

/** A fault of the transfer. `afterBytes` counts the sent bytes of this answer's body. */
export type TransferFault =
	/** Closes the connection. All earlier bytes arrive. */
	| { readonly kind: "cut"; readonly afterBytes: number }
	/** Resets the connection. Earlier bytes may be lost. */
	| { readonly kind: "reset"; readonly afterBytes: number }
	/** Sends nothing more, and keeps the connection open. */
	| { readonly kind: "stall"; readonly afterBytes: number }
	/** Accepts the request and sends nothing. */
	| { readonly kind: "stall-headers" }
	/** Waits for `until`, then goes on. */
	| { readonly kind: "hold"; readonly afterBytes: number; readonly until: PromiseLike<unknown> }
	| { readonly kind: "drip"; readonly bytesPerSecond: number; readonly chunkBytes: number }
	/** As `drip`, 20 times a second. */
	| { readonly kind: "throttle"; readonly bytesPerSecond: number };

/** A fault of the body. */
export type ContentFault =
	/** `content-length` is the body's length plus `delta`. The connection is closed after the body. */
	| { readonly kind: "wrong-length"; readonly delta: number }
	/** The body is sent in chunks, without its length. */
	| { readonly kind: "no-length" }
	/** The lowest bit of the byte at this offset of the file (not of the range) is flipped. */
	| { readonly kind: "flip-bit"; readonly offset: number }
	/** `content-encoding: gzip`, chunked, whatever the client accepts. */
	| { readonly kind: "gzip" };

/** A fault of the answer to a request with `Range`. A request without `Range` does not use it up. */
export type RangeFault =
	/** Answers 200 with the whole file. */
	| { readonly kind: "ignore-range" }
	/** The sent and declared part begins `delta` bytes later than requested. */
	| { readonly kind: "wrong-range-start"; readonly delta: number }
	/** `content-range` declares a file that is `delta` bytes longer. */
	| { readonly kind: "wrong-range-total"; readonly delta: number }
	/** Answers 416. `total`: the declared length. @defaultValue the file's length */
	| { readonly kind: "range-not-satisfiable"; readonly total?: number };

/** A fault of the validators, which the client sends as `If-Range`. */
export type ValidatorFault =
	/** Neither `etag` nor `last-modified`; `If-Range` never matches. */
	| { readonly kind: "no-validator" }
	/** Each request gets different validators, as if the file had been replaced. */
	| { readonly kind: "new-validator" }
	/** The `etag` is weak, so that `If-Range` must not use it; `last-modified` stays. */
	| { readonly kind: "weak-etag" };

/** A different answer instead of the file, even if there is no such file. */
export type OtherAnswerFault =
	| {
			readonly kind: "status";
			readonly status: number;
			readonly headers?: OutgoingHttpHeaders;
			readonly body?: string;
	  }
	/** A web page like that of a captive portal. `status`: @defaultValue 200 */
	| { readonly kind: "html"; readonly status?: number }
	/** A redirect. `to`: the location, or a function of the requested path and query. `status`: @defaultValue 302 */
	| {
			readonly kind: "redirect";
			readonly to: string | ((url: string) => string);
			readonly status?: number;
	  };

/** A rule that gives some answers a fault. */
export interface FaultRule {
	/** The path below the base, or the last segments of this path, or a pattern for it. */
	readonly path: string | RegExp;
	/** The number of requests to which the rule applies. @defaultValue all */
	readonly times?: number;
	/** The fault, or several faults that work together, such as `cut` with `no-validator`. */
	readonly fault: Fault | readonly Fault[];
}

/** Finds the first rule that applies and is not used up, counts this use, and returns the rule's faults. */
export function takeFaults(
	rules: readonly FaultRule[],
	used: Map<FaultRule, number>,
	path: string,
	headers: IncomingHttpHeaders,
): readonly Fault[] {
	for (const rule of rules) {
		const faults = "kind" in rule.fault ? [rule.fault] : rule.fault;
		const times = used.get(rule) ?? 0;
		if (times >= (rule.times ?? Number.POSITIVE_INFINITY) || !matches(rule.path, path)) continue;
		if (headers.range === undefined && faults.every(({ kind }) => rangeKinds.includes(kind))) continue;
		used.set(rule, times + 1);
		return faults;
	}
	return [];
}

/** Finds the first fault of a kind. */
export function faultOf<Kind extends Fault["kind"]>(
	faults: readonly Fault[],
	kind: Kind,
): Extract<Fault, { readonly kind: Kind }> | undefined {
	return faults.find((fault): fault is Extract<Fault, { readonly kind: Kind }> => fault.kind === kind);
}

function matches(wanted: string | RegExp, path: string): boolean {
	if (typeof wanted !== "string") return path.search(wanted) !== -1;
	return path === wanted || path.endsWith(`/${wanted}`);
}

const rangeKinds: readonly Fault["kind"][] = [
	"ignore-range",
	"wrong-range-start",
	"wrong-range-total",
	"range-not-satisfiable",
];
