import { type EngineError, isEngineError, requireKnownOptions, silentLogger } from "@rivetkit/engine-core";
import { binaryUnavailableError, localSources } from "./resolve.ts";
import { type EngineResolverConfiguration, readResolverSettings } from "./resolver-settings.ts";
import type {
	DeclinedSource,
	EngineBinary,
	EngineSource,
	EngineSourceName,
	ResolverSettings,
	SourceContext,
	SourceResult,
} from "./source.ts";
import { downloadSource } from "./sources/download-source.ts";
import { conflictingVariables } from "./sources/explicit-source.ts";
import { objectionToVersion } from "./sources/npm-source.ts";
import { readBinaryVersion } from "./version/binary-version.ts";

/** Verdict about a source. */
export type SourceVerdict =
	/** Resolving would return this binary. */
	| { readonly kind: "chosen"; readonly binary: EngineBinary }
	/** The binary could be used, but an earlier source decides. The binary was not asked for its version. */
	| { readonly kind: "spare"; readonly source: EngineSourceName; readonly path: string }
	| ({ readonly kind: "declined" } & DeclinedSource)
	/** Resolving would end with this error if it reached this source. */
	| { readonly kind: "broken"; readonly error: EngineError };

/** The verdicts on all sources, and the outcome of resolving. */
export interface SourcesExplained {
	readonly verdicts: readonly SourceVerdict[];
	readonly outcome:
		| { readonly kind: "binary"; readonly binary: EngineBinary }
		/** The binary would be fetched, which is allowed. */
		| { readonly kind: "download" }
		| { readonly kind: "error"; readonly error: EngineError };
	/** The values of both environment variables that name a binary; undefined unless they differ and `binaryPath` is not given. */
	readonly conflict: { readonly used: string; readonly ignored: string } | undefined;
}

/** How to explain the sources. */
export interface ExplainSourcesOptions {
	/** Ends the search, which then rejects with the signal's reason. */
	readonly signal?: AbortSignal | undefined;
}

const EXPLAIN_SOURCES_OPTIONS: Readonly<Record<keyof ExplainSourcesOptions, true>> = { signal: true };

/**
 * Asks every source for a binary, also the sources after the deciding source. Nothing is hashed, fetched or waited for.
 * A binary is run, to ask for its version, only if it may be the binary that would be used.
 *
 * @throws EngineError `invalid_option` for an option that is unknown, missing or cannot be used; the signal's reason if
 * aborted.
 */
export async function explainSources(
	configuration: EngineResolverConfiguration,
	options: ExplainSourcesOptions = {},
): Promise<SourcesExplained> {
	requireKnownOptions(options, EXPLAIN_SOURCES_OPTIONS);
	const settings = readResolverSettings(configuration);
	const context: SourceContext = {
		logger: silentLogger,
		onWait: undefined,
		signal: options.signal,
		looksOnly: true,
	};
	const sources = [...localSources(), ...(settings.autoDownload ? [] : [downloadSource(undefined)])];
	const verdicts: SourceVerdict[] = [];
	let decided: Exclude<SourcesExplained["outcome"], { readonly kind: "download" }> | undefined;
	for (const source of sources) {
		context.signal?.throwIfAborted();
		const looked = await lookWith(source, settings, context);
		if (looked.kind === "broken") {
			verdicts.push(looked);
			decided ??= { kind: "error", error: looked.error };
			continue;
		}
		for (const result of looked.results) {
			const verdict = await judge(result, decided !== undefined, settings, context);
			verdicts.push(verdict);
			if (verdict.kind === "chosen") decided = { kind: "binary", binary: verdict.binary };
		}
	}
	const conflict = conflictingVariables(settings);
	return {
		verdicts,
		outcome: decided ?? undecided(settings, verdicts),
		conflict: settings.binaryPath === undefined ? conflict : undefined,
	};
}

function undecided(
	settings: ResolverSettings,
	verdicts: readonly SourceVerdict[],
): SourcesExplained["outcome"] {
	if (settings.autoDownload) return { kind: "download" };
	const declined = verdicts.filter((verdict) => verdict.kind === "declined");
	return { kind: "error", error: binaryUnavailableError(settings, declined) };
}

async function lookWith(
	source: EngineSource,
	settings: ResolverSettings,
	context: SourceContext,
): Promise<
	| { readonly kind: "looked"; readonly results: readonly SourceResult[] }
	| Extract<SourceVerdict, { readonly kind: "broken" }>
> {
	try {
		return { kind: "looked", results: await source(settings, context) };
	} catch (error) {
		if (!isEngineError(error) || error.code === "invalid_option") throw error;
		return { kind: "broken", error };
	}
}

/** Judges what a source found. A binary that would be used is asked for its version, unless the version is known. */
async function judge(
	result: SourceResult,
	isDecided: boolean,
	settings: ResolverSettings,
	{ signal }: SourceContext,
): Promise<Exclude<SourceVerdict, { readonly kind: "broken" }>> {
	if (result.kind === "declined") return { kind: "declined", ...result.declined };
	const { path, source } = result.binary;
	if (isDecided) return { kind: "spare", source, path };
	const version = result.binary.version ?? (await readBinaryVersion(path, settings.environment, signal));
	const reason = source === "npm" ? objectionToVersion({ path, version }, settings) : undefined;
	return reason === undefined
		? { kind: "chosen", binary: { path, source, version } }
		: { kind: "declined", source, reason };
}
