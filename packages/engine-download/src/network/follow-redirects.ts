import { EngineError } from "@rivetkit/engine-core";
import { requireSecure } from "../places/require-secure.ts";
import type { HttpAnswer } from "./http-answer.ts";
import type { HttpClient } from "./http-client.ts";

/** How often an answer may point elsewhere. */
const MOST_REDIRECTS = 5;

/**
 * Gets a URL, following redirects. Credentials stay with the origin that they were given for.
 *
 * @throws EngineError `insecure_url` for one from https to http; `download_failed` for too many, or one that
 * leads nowhere; what the connection fails with.
 */
export async function getFollowing(
	client: HttpClient,
	start: URL,
	headers: Readonly<Record<string, string>>,
	{ unsafelyAllowHttp }: { readonly unsafelyAllowHttp: boolean },
): Promise<HttpAnswer & { readonly url: URL }> {
	let url = start;
	for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
		const answer = await client.get(url, headers);
		const target = REDIRECTS.includes(answer.status) ? answer.headers["location"] : undefined;
		if (target === undefined) return { ...answer, url };
		answer.body.destroy();
		// An http URL behind an https one is refused, so that the last one is all that need be known.
		const cameFromHttps = url.protocol === "https:";
		url = nextUrl(url, target);
		requireSecure(url, { unsafelyAllowHttp, cameFromHttps });
	}
	throw redirectFailedError(start, `more than ${MOST_REDIRECTS} redirects`);
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
