import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";

/** A fault of one answer of a release server. */
export type Fault = TransferFault | ContentFault | RangeFault | ValidatorFault | OtherAnswerFault;

/** How an answer is sent. `afterBytes` counts bytes of this answer's body, as sent. */
export type TransferFault =
	/** Closes the connection. All bytes before arrive. */
	| { readonly kind: "cut"; readonly afterBytes: number }
	/** Resets the connection. Bytes before may be lost. */
	| { readonly kind: "reset"; readonly afterBytes: number }
	/** Sends no more, and keeps the connection. */
	| { readonly kind: "stall"; readonly afterBytes: number }
	/** Takes the request and sends nothing. */
	| { readonly kind: "stall-headers" }
	/** Waits for `until`, then goes on. */
	| { readonly kind: "hold"; readonly afterBytes: number; readonly until: PromiseLike<unknown> }
	| { readonly kind: "drip"; readonly bytesPerSecond: number; readonly chunkBytes: number }
	/** As `drip`, 20 times a second. */
	| { readonly kind: "throttle"; readonly bytesPerSecond: number };

/** A fault of the body. */
export type ContentFault =
	/** `content-length` is that much more than the body; the connection ends with the body. */
	| { readonly kind: "wrong-length"; readonly delta: number }
	/** The body is sent in chunks, without its length. */
	| { readonly kind: "no-length" }
	/** The lowest bit of the byte at this offset of the file (not of the range) is the other one. */
	| { readonly kind: "flip-bit"; readonly offset: number }
	/** `content-encoding: gzip`, chunked, whatever the client accepts. */
	| { readonly kind: "gzip" };

/** How a request with `Range` is answered; a request without one does not use such a fault up. */
export type RangeFault =
	/** 200 and the whole file. */
	| { readonly kind: "ignore-range" }
	/** The part that is sent, and declared, begins that much later. */
	| { readonly kind: "wrong-range-start"; readonly delta: number }
	/** `content-range` declares a file that much longer. */
	| { readonly kind: "wrong-range-total"; readonly delta: number }
	/** 416. `total`: the declared length. @defaultValue the file's */
	| { readonly kind: "range-not-satisfiable"; readonly total?: number };

/** A fault of the validators, which the client sends as `If-Range`. */
export type ValidatorFault =
	/** Neither `etag` nor `last-modified`; `If-Range` never matches. */
	| { readonly kind: "no-validator" }
	/** Each request gets other validators, as if the file had been replaced. */
	| { readonly kind: "new-validator" }
	/** The `etag` is weak, which `If-Range` must not use; `last-modified` stays. */
	| { readonly kind: "weak-etag" };

/** An answer in place of the file, even if there is no such file. */
export type OtherAnswerFault =
	| {
			readonly kind: "status";
			readonly status: number;
			readonly headers?: OutgoingHttpHeaders;
			readonly body?: string;
	  }
	/** A page, as a captive portal's. `status`: @defaultValue 200 */
	| { readonly kind: "html"; readonly status?: number }
	/** `to`: the location, or what makes it from the requested path and query. `status`: @defaultValue 302 */
	| {
			readonly kind: "redirect";
			readonly to: string | ((url: string) => string);
			readonly status?: number;
	  };

/** The answers that are faulty, and their faults. */
export interface FaultRule {
	/** The path below the base, its last segments, or a pattern that it contains. */
	readonly path: string | RegExp;
	/** The number of requests. @defaultValue all */
	readonly times?: number;
	/** Several faults work together, such as `cut` with `no-validator`. */
	readonly fault: Fault | readonly Fault[];
}

/** Finds the first rule that applies and has times left, takes one of these, and returns its faults. */
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
