import { type EngineError, isEngineError, silentLogger } from "@rivetkit/engine-core";
import { binaryUnavailable, localSources } from "./resolve.ts";
import type {
	DeclinedSource,
	EngineBinary,
	EngineResolverConfiguration,
	EngineSource,
	EngineSourceName,
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

/**
 * Asks every source what it has, also after one that has something. Nothing is hashed, fetched or waited for, and of
 * the binaries none is run but the one that would be used, or might be, to ask it for its version.
 *
 * @throws EngineError `invalid_option` for a version that cannot be part of a path; the signal's reason if aborted.
 */
export async function explainSources(
	configuration: EngineResolverConfiguration,
	options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<SourcesExplained> {
	const context: SourceContext = {
		logger: silentLogger,
		onWait: undefined,
		signal: options.signal,
		looksOnly: true,
	};
	const sources = [...localSources(), ...(configuration.autoDownload ? [] : [downloadSource(undefined)])];
	const verdicts: SourceVerdict[] = [];
	let decided: Exclude<SourcesExplained["outcome"], { readonly kind: "download" }> | undefined;
	for (const source of sources) {
		context.signal?.throwIfAborted();
		const looked = await lookWith(source, configuration, context);
		if (looked.kind === "broken") {
			verdicts.push(looked);
			decided ??= { kind: "error", error: looked.error };
			continue;
		}
		for (const result of looked.results) {
			const verdict = await judge(result, decided !== undefined, configuration, context);
			verdicts.push(verdict);
			if (verdict.kind === "chosen") decided = { kind: "binary", binary: verdict.binary };
		}
	}
	const conflict = conflictingVariables(configuration);
	return {
		verdicts,
		outcome: decided ?? undecided(configuration, verdicts),
		conflict: configuration.binaryPath === undefined ? conflict : undefined,
	};
}

function undecided(
	configuration: EngineResolverConfiguration,
	verdicts: readonly SourceVerdict[],
): SourcesExplained["outcome"] {
	if (configuration.autoDownload) return { kind: "download" };
	const declined = verdicts.filter((verdict) => verdict.kind === "declined");
	return { kind: "error", error: binaryUnavailable(configuration, declined) };
}

async function lookWith(
	source: EngineSource,
	configuration: EngineResolverConfiguration,
	context: SourceContext,
): Promise<
	| { readonly kind: "looked"; readonly results: readonly SourceResult[] }
	| Extract<SourceVerdict, { readonly kind: "broken" }>
> {
	try {
		return { kind: "looked", results: await source(configuration, context) };
	} catch (error) {
		if (!isEngineError(error) || error.code === "invalid_option") throw error;
		return { kind: "broken", error };
	}
}

/** What a look does not tell of a binary that would be used is what it says itself. */
async function judge(
	result: SourceResult,
	isDecided: boolean,
	configuration: EngineResolverConfiguration,
	{ signal }: SourceContext,
): Promise<Exclude<SourceVerdict, { readonly kind: "broken" }>> {
	if (result.kind === "declined") return { kind: "declined", ...result.declined };
	const { path, source } = result.binary;
	if (isDecided) return { kind: "spare", source, path };
	const version = result.binary.version ?? (await readBinaryVersion(path, configuration.environment, signal));
	const reason = source === "npm" ? objectionToVersion({ path, version }, configuration) : undefined;
	return reason === undefined
		? { kind: "chosen", binary: { path, source, version } }
		: { kind: "declined", source, reason };
}
