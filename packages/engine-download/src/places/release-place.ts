import path from "node:path";
import { fileURLToPath } from "node:url";
import { type EngineError, isVersionName, redactUnparsed } from "@rivetkit/engine-core";
import { invalidOptionError } from "../options/invalid-option.ts";
import { requireComponent } from "./component.ts";
import { requireSecure } from "./require-secure.ts";

/** The place of a release's file: a URL, which may contain credentials, or a path. */
export type ReleasePlace =
	| { readonly kind: "http"; readonly url: string }
	| { readonly kind: "folder"; readonly path: string };

/** A file of a release. */
export interface ReleaseFile {
	readonly version: string;
	readonly component: string;
	/** The file's own name. */
	readonly name: string;
}

/**
 * Builds the place of a file at a release server: `<base>/rivet/<version>/<component>/<name>`. Reads no disk and
 * contacts no server.
 *
 * @param releasesEndpoint - An http or https URL, a `file:` URL, or a folder, which begins with a separator or a
 * dot. A relative folder stays relative.
 * @throws EngineError `invalid_option`; `insecure_url` as {@link requireSecure}.
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

function parseUrl(text: string): URL {
	// The parser's error is not used as the cause: its `input` contains the credentials.
	if (!URL.canParse(text)) throw releasesEndpointError("is neither a URL nor a folder", redactUnparsed(text));
	const url = new URL(text);
	// `href` is tested, because an empty query or fragment shows only there, as `?` or `#`.
	if (/[?#]/.test(url.href)) {
		throw releasesEndpointError(
			"has a query or a fragment, which have no meaning there",
			url.host + url.pathname,
		);
	}
	return url;
}

function folderOf(url: URL): string {
	// `%00` is decoded to NUL. Node would refuse such a path with a TypeError, but only when the file is read.
	if (url.href.includes("%00")) throw releasesEndpointError("contains NUL", url.href);
	try {
		return fileURLToPath(url);
	} catch (cause) {
		throw releasesEndpointError("is not a file URL for this machine", url.href, cause);
	}
}

function releasesEndpointError(flaw: string, shown: string, cause?: unknown): EngineError<"invalid_option"> {
	const hint = "Write it like https://releases.example.com, file:///srv/mirror, /srv/mirror or ./mirror.";
	return invalidOptionError("releasesEndpoint", `${flaw}: '${shown}'`, { hint, cause });
}
