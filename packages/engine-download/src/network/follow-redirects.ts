import { EngineError } from "@rivetkit/engine-core";
import { requireSecure } from "../places/require-secure.ts";
import type { HttpAnswer } from "./http-answer.ts";
import type { HttpClient } from "./http-client.ts";

/** The maximum number of redirects for one request. */
const MAX_REDIRECTS = 5;

/**
 * Sends a GET request and follows redirects. Credentials in the URL are sent only to the URL's own origin.
 *
 * @throws EngineError `insecure_url` for a redirect to plain http that is not allowed; `download_failed` for too many
 * redirects, or for a redirect to an invalid URL; the error of the connection.
 */
export async function getFollowing(
	client: HttpClient,
	start: URL,
	headers: Readonly<Record<string, string>>,
	{ unsafelyAllowHttp }: { readonly unsafelyAllowHttp: boolean },
): Promise<HttpAnswer & { readonly url: URL }> {
	let url = start;
	for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
		const answer = await client.get(url, headers);
		const target = REDIRECTS.includes(answer.status) ? answer.headers["location"] : undefined;
		if (target === undefined) return { ...answer, url };
		answer.body.destroy();
		// Checking against the previous URL is enough: after an https URL, no redirect to http gets through.
		const cameFromHttps = url.protocol === "https:";
		url = nextUrl(url, target);
		requireSecure(url, { unsafelyAllowHttp, cameFromHttps });
	}
	throw redirectFailedError(start, `more than ${MAX_REDIRECTS} redirects`);
}

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

function nextUrl(from: URL, target: string): URL {
	if (!URL.canParse(target, from.href)) throw redirectFailedError(from, "a redirect that leads to no URL");
	const next = new URL(target, from);
	if (next.origin === from.origin && next.username === "" && next.password === "") {
		next.username = from.username;
		next.password = from.password;
	}
	return next;
}

function redirectFailedError(url: URL, reason: string): EngineError<"download_failed"> {
	return new EngineError(
		"download_failed",
		`Engine binary download failed for '${url.origin}${url.pathname}': ${reason}`,
		{
			metadata: { url: url.origin + url.pathname, reason },
		},
	);
}
