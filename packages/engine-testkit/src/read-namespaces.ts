import { below, requestJson } from "./request-json.ts";

/**
 * Returns the names of all namespaces of an engine. The cursor of the engine (2.3.19) leads to the same page again. So if a
 * page is full, the page is requested again with a higher limit.
 *
 * @param token - the admin token, if the engine asks for one
 * @param firstLimit - how many to ask for at first. @defaultValue 1000
 */
export async function readNamespaces(
	endpoint: string,
	token?: string,
	firstLimit = 1000,
): Promise<readonly string[]> {
	for (let limit = firstLimit; ; limit *= 4) {
		const names = await readPage(below(endpoint, `namespaces?limit=${limit}`), token);
		if (names.length < limit) return names;
	}
}

async function readPage(url: URL, token: string | undefined): Promise<readonly string[]> {
	const { status, body } = await requestJson(url, { token, timeoutMs: 30_000 });
	const { namespaces }: { readonly namespaces?: unknown } = Object(body);
	if (status !== 200 || !Array.isArray(namespaces))
		throw new Error(`${url.href} answered ${status} ${JSON.stringify(body)}`);
	return namespaces.map((one: { readonly name: string }) => one.name);
}
