/** The next step of a download after an answer: read it, send the request again, or ask the next place. */
export type StatusVerdict = "read" | "retry" | "next-place";

/** Decides from the status of an answer how the download continues. Redirects were followed before. */
export function statusVerdict(status: number): StatusVerdict {
	// Status 416 for a range may mean that the whole file was received already.
	if (status === 200 || status === 206 || status === 416) return "read";
	if ([408, 425, 429].includes(status) || (status >= 500 && status <= 599)) return "retry";
	return "next-place";
}
