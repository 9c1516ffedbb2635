/** What the status of an answer means for a download. */
export type StatusVerdict = "ok" | "resume-refused" | "redirect" | "retry" | "next-mirror";

/** What to do about an answer, by its status. */
export function statusVerdict(status: number): StatusVerdict {
	if (status === 200 || status === 206) return "ok";
	if (status === 416) return "resume-refused";
	if ([301, 302, 303, 307, 308].includes(status)) return "redirect";
	if ([408, 425, 429].includes(status) || (status >= 500 && status <= 599)) return "retry";
	return "next-mirror";
}
