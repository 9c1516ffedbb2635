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

/** What a source has to offer. */
export type SourceVerdict =
	/** What resolving would answer with. */
	| { readonly kind: "chosen"; readonly binary: EngineBinary }
	/** It would do, but a source before it has something. Nobody has asked it for its version. */
	| { readonly kind: "spare"; readonly source: EngineSourceName; readonly path: string }
	| ({ readonly kind: "declined" } & DeclinedSource)
	/** What it has is so wrong that resolving would end with this error if it came to it. */
	| { readonly kind: "broken"; readonly error: EngineError };

/** What resolving would come to. */
export interface SourcesExplained {
	readonly verdicts: readonly SourceVerdict[];
	readonly outcome:
		| { readonly kind: "binary"; readonly binary: EngineBinary }
		/** It is allowed to be fetched, and would be. */
		| { readonly kind: "download" }
		| { readonly kind: "error"; readonly error: EngineError };
	/** Both variables that name a binary, where they differ and none is overruled by the option. */
	readonly conflict: { readonly used: string; readonly ignored: string } | undefined;
}

/** How to explain the sources. */
export interface ExplainSourcesOptions {
	/** Ends the search, which then rejects with the signal's reason. */
	readonly signal?: AbortSignal | undefined;
}

const EXPLAIN_SOURCES_OPTIONS: Readonly<Record<keyof ExplainSourcesOptions, true>> = { signal: true };

/**
 * Asks every source what it has, also after one that has something. Nothing is hashed, fetched or waited for, and of
 * the binaries none is run but the one that would be used, or might be, to ask it for its version.
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

/** What a look does not tell of a binary that would be used is what it says itself. */
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
