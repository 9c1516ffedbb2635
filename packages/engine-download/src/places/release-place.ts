import path from "node:path";
import { fileURLToPath } from "node:url";
import { EngineError, engineBindsLoopbackOnly, isVersionName, redactUnparsed } from "@rivetkit/engine-core";
import { invalidOptionError } from "../options/invalid-option.ts";
import { requireComponent } from "./component.ts";

/** Where one file of a release is. */
export type ReleasePlace =
	/** The URL may carry credentials. */
	{ readonly kind: "http"; readonly url: string } | { readonly kind: "folder"; readonly path: string };

/** Which file of which release. */
export interface ReleaseFile {
	readonly version: string;
	readonly component: string;
	/** The file's own name. */
	readonly name: string;
}

/** The codes that {@link releasePlace} throws. */
export type ReleasePlaceErrorCode = "insecure_url" | "invalid_option";

/**
 * Where a release server has a file: `<base>/rivet/<version>/<component>/<name>`. Looks at nothing.
 *
 * @param releasesEndpoint - An http or https URL, a `file:` URL, or a folder, which begins with a separator or a
 * dot. A relative one stays relative.
 * @throws EngineError `invalid_option`; `insecure_url` for plain http, as {@link requireSecure} has it.
 */
export function releasePlace(
	releasesEndpoint: string,
	{ version, component, name }: ReleaseFile,
	{ unsafelyAllowHttp = false }: { readonly unsafelyAllowHttp?: boolean | undefined } = {},
): ReleasePlace {
	if (!isVersionName(version)) {
		throw invalidOptionError("version", `must be a version such as 2.3.19, not '${version}'`, {
			hint: "Give a release, or `latest`.",
		});
	}
	requireComponent(component);
	const parts = ["rivet", version, component, name];
	if (path.isAbsolute(releasesEndpoint) || /^\.\.?($|[/\\])/.test(releasesEndpoint)) {
		return { kind: "folder", path: path.join(releasesEndpoint, ...parts) };
	}
	const url = parseUrl(releasesEndpoint);
	if (url.protocol === "file:") return { kind: "folder", path: path.join(folderOf(url), ...parts) };
	if (url.protocol !== "http:" && url.protocol !== "https:") {
		throw releasesEndpointError(`has the scheme '${url.protocol}'`, redactUnparsed(releasesEndpoint));
	}
	requireSecure(url, { unsafelyAllowHttp });
	url.pathname = [url.pathname.replace(/\/+$/, ""), ...parts.map(encodeURIComponent)].join("/");
	return { kind: "http", url: url.href };
}

/**
 * Refuses to ask a URL over plain http, unless it is on this machine or that was allowed.
 *
 * @param options - `cameFromHttps`: whether https has led here, and so must go on; no permission is one for that.
 * @throws EngineError `insecure_url`
 */
export function requireSecure(
	url: URL,
	options: { readonly unsafelyAllowHttp: boolean; readonly cameFromHttps?: boolean | undefined },
): void {
	const { unsafelyAllowHttp, cameFromHttps = false } = options;
	if (url.protocol === "https:") return;
	const shown = `${url.protocol}//${url.host}${url.pathname}`;
	if (url.protocol !== "http:") {
		throw insecureUrlError(
			shown,
			"is neither https nor http",
			"The release server redirects there: name another one.",
		);
	}
	if (cameFromHttps) {
		const hint = "The release server, or a proxy, redirects from https to plain http: name another server.";
		throw insecureUrlError(shown, "is not encrypted, and an encrypted connection has led to it", hint);
	}
	if (unsafelyAllowHttp || engineBindsLoopbackOnly(url.hostname)) return;
	const hint = "Use https. Where every machine in between is trusted, allow it with `unsafelyAllowHttp`.";
	throw insecureUrlError(shown, "is not encrypted, so what comes from there could be anybody's", hint);
}

function parseUrl(text: string): URL {
	// The reason is not kept as the cause: its `input` is the text, with its credentials.
	if (!URL.canParse(text)) throw releasesEndpointError("is neither a URL nor a folder", redactUnparsed(text));
	const url = new URL(text);
	// An empty query or fragment leaves no trace in the parsed URL but its mark.
	if (/[?#]/.test(url.href)) {
		throw releasesEndpointError(
			"has a query or a fragment, which have no meaning there",
			url.host + url.pathname,
		);
	}
	return url;
}

function folderOf(url: URL): string {
	// Node decodes it, and would refuse the path with an error of another kind.
	if (url.href.includes("%00")) throw releasesEndpointError("contains NUL", url.href);
	try {
		return fileURLToPath(url);
	} catch (cause) {
		throw releasesEndpointError("is no file URL of this machine", url.href, cause);
	}
}

function releasesEndpointError(flaw: string, shown: string, cause?: unknown): EngineError<"invalid_option"> {
	const hint = "Write it like https://releases.example.com, file:///srv/mirror, /srv/mirror or ./mirror.";
	return invalidOptionError("releasesEndpoint", `${flaw}: '${shown}'`, { hint, cause });
}

function insecureUrlError(url: string, what: string, hint: string): EngineError<"insecure_url"> {
	return new EngineError("insecure_url", `'${url}' ${what}.`, { metadata: { url, hint } });
}
