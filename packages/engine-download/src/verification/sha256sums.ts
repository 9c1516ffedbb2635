import { EngineError } from "@rivetkit/engine-core";
import { HTML_PAGE_HINT, isHtmlPage } from "../failure/html-page.ts";
import { string } from "../options/option-checks.ts";
import { requireOption } from "../options/require-options.ts";

/** A file that a manifest names. */
export interface Sha256Sum {
	/** 64 hex digits in lower case. */
	readonly sha256: string;
	/** The name without a leading `./`. */
	readonly name: string;
}

/** The codes that {@link checksumForArtifact} throws. */
export type ManifestErrorCode = "invalid_option" | "manifest_invalid";

/**
 * Parses a manifest: the lines of `sha256sum` (`<64 hex digits>  <name>` or `<64 hex digits> *<name>`) and of BSD's
 * `sha256` and `shasum --tag` (`SHA256 (<name>) = <64 hex digits>`), in their order. Other lines are ignored.
 *
 * @throws EngineError `invalid_option` if `text` is no string.
 * @see https://www.gnu.org/software/coreutils/manual/html_node/md5sum-invocation.html
 */
export function parseSha256Sums(text: string): readonly Sha256Sum[] {
	requireOption("text", text, string);
	return text
		.replace(/^\uFEFF/, "")
		.split(/\r\n|\n|\r/)
		.flatMap((line) => parseLine(line) ?? []);
}

/**
 * Finds the digest of an artifact in a manifest, in lower case.
 *
 * @throws EngineError `manifest_invalid` if the manifest does not name the artifact, or has two digests for it;
 * `invalid_option` for an argument that is not a string.
 */
export function checksumForArtifact(text: string, artifact: string): string {
	requireOption("artifact", artifact, string);
	const sums = parseSha256Sums(text);
	const [first, ...others] = sums.filter(({ name }) => name === artifact).map(({ sha256 }) => sha256);
	if (first === undefined) throw unnamedArtifactError(text, sums, artifact);
	const other = others.find((sha256) => sha256 !== first);
	if (other === undefined) return first;
	throw twoDigestsError(artifact, [first, other]);
}

function parseLine(line: string): Sha256Sum | undefined {
	const gnu = /^(?<sha256>[0-9a-f]{64})[ \t]{1,2}\*?(?<name>[^ \t*].*)$/i;
	const bsd = /^SHA256 ?\((?<name>.+)\) ?= ?(?<sha256>[0-9a-f]{64})$/i;
	const trimmed = line.trimEnd();
	const { sha256, name } = (gnu.exec(trimmed) ?? bsd.exec(trimmed))?.groups ?? {};
	if (sha256 === undefined || name === undefined) return undefined;
	// Control characters are refused: an error may show the name, and a terminal would execute them.
	if (name.length > MAX_NAME_LENGTH || /\p{Cc}/u.test(name)) return undefined;
	return { sha256: sha256.toLowerCase(), name: name.replace(/^(\.\/)+/, "") };
}

/** The maximum length of a file name on common file systems. */
const MAX_NAME_LENGTH = 255;

/** The maximum number of names that an error lists: more than a release has. */
const MAX_SHOWN_NAMES = 20;

function unnamedArtifactError(
	text: string,
	sums: readonly Sha256Sum[],
	artifact: string,
): EngineError<"manifest_invalid"> {
	const names = [...new Set(sums.map(({ name }) => name))];
	if (names.length === 0) return emptyManifestError(text, artifact);
	const more = names.length > MAX_SHOWN_NAMES ? ` and ${names.length - MAX_SHOWN_NAMES} more` : "";
	const shown = names.slice(0, MAX_SHOWN_NAMES);
	return new EngineError(
		"manifest_invalid",
		`The manifest does not name '${artifact}'. It names ${shown.map((name) => `'${name}'`).join(", ")}${more}.`,
		{
			metadata: {
				artifact,
				names: shown,
				hint: "The release may lack this platform or component: choose another, or another version.",
			},
		},
	);
}

function twoDigestsError(
	artifact: string,
	digests: readonly [string, string],
): EngineError<"manifest_invalid"> {
	return new EngineError(
		"manifest_invalid",
		`The manifest has two digests for '${artifact}': ${digests[0]} and ${digests[1]}.`,
		{
			metadata: {
				artifact,
				digests,
				hint: "One of the digests is wrong, but it is not known which: try another release server, or give the digest yourself.",
			},
		},
	);
}

function emptyManifestError(text: string, artifact: string): EngineError<"manifest_invalid"> {
	const isHtml = isHtmlPage(text.replace(/^\uFEFF/, ""));
	const flaw = isHtml ? "is an HTML page" : "names no files";
	const hint = isHtml ? HTML_PAGE_HINT : "Check that the URL is that of a release server.";
	return new EngineError("manifest_invalid", `The manifest that should name '${artifact}' ${flaw}.`, {
		metadata: { artifact, names: [], hint },
	});
}
