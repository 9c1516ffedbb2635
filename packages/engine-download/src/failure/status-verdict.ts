/** A decision by the status of an answer: to read the answer, to ask again, or to ask the next place. */
export type StatusVerdict = "read" | "retry" | "next-place";

/** Decides by the status of an answer how a download goes on. Redirects are followed before. */
export function statusVerdict(status: number): StatusVerdict {
	// The answer 416 to a range may mean that all of the file is there already.
	if (status === 200 || status === 206 || status === 416) return "read";
	if ([408, 425, 429].includes(status) || (status >= 500 && status <= 599)) return "retry";
	return "next-place";
}
