import {
	type EngineCacheErrorCode,
	EngineError,
	type EngineHealth,
	type Logger,
	requireKnownOptions,
	requireOption,
	silentLogger,
} from "@rivetkit/engine-core";
import type { ExecutableErrorCode } from "./executable/check-executable.ts";
import { type EngineResolverConfiguration, readResolverSettings } from "./resolver-settings.ts";
import type {
	DeclinedSource,
	EngineBinary,
	EngineSource,
	FetchBinary,
	FileWait,
	ResolverSettings,
} from "./source.ts";
import { cacheSource } from "./sources/cache-source.ts";
import { cargoSource } from "./sources/cargo-source.ts";
import { downloadSource } from "./sources/download-source.ts";
import { checkNamedPath, conflictingVariables, explicitSource } from "./sources/explicit-source.ts";
import { npmSource } from "./sources/npm-source.ts";

/** The codes that the functions of this package throw. */
export type EngineResolverErrorCode = ExecutableErrorCode | EngineCacheErrorCode | "binary_unavailable";

/** Looks for an engine that runs already; returns undefined if there is none. May throw to end the search. */
export type ProbeExisting = () => Promise<EngineHealth | undefined>;

/** How to find a binary. */
export interface ResolveOptions {
	/** Fetches the binary if no other source has it and `autoDownload` allows it. @defaultValue nothing is fetched */
	readonly fetch?: FetchBinary | undefined;
	/** @defaultValue silent */
	readonly logger?: Logger | undefined;
	/** Called when resolving begins to wait for a file in the cache that another program seems to be writing. */
	readonly onWait?: ((wait: FileWait) => void) | undefined;
	/** Ends resolving, which then rejects with the signal's reason. */
	readonly signal?: AbortSignal | undefined;
}

const RESOLVE_OPTIONS: Readonly<Record<keyof ResolveOptions, true>> = {
	fetch: true,
	logger: true,
	onWait: true,
	signal: true,
};

/** An engine that runs, or a binary from which an engine can be started. */
export type ResolvedEngine =
	| { readonly kind: "existing"; readonly health: EngineHealth }
	| ({ readonly kind: "binary" } & ResolvedBinary);

/** A binary, and the sources that declined before it was found. */
export interface ResolvedBinary extends EngineBinary {
	readonly declined: readonly DeclinedSource[];
}

/**
 * Finds what to use: a path that was named, else an engine that runs, else a Cargo build if `cargoRoot` asks for it,
 * else the npm package, else the cache, else a download. A named path is checked before `probe` is called, and an engine
 * that runs is used only if no path is named.
 *
 * @throws EngineError `binary_not_found`, `binary_not_executable`, `binary_wrong_platform`,
 * `binary_unavailable`; `invalid_option` for an option that is unknown, missing or cannot be used; what `probe` and
 * `fetch` throw; the signal's reason if aborted.
 */
export async function resolveEngine(
	configuration: EngineResolverConfiguration,
	options: ResolveOptions & { readonly probe: ProbeExisting },
): Promise<ResolvedEngine> {
	requireKnownOptions(options, { ...RESOLVE_OPTIONS, probe: true });
	const { probe, ...others } = options;
	requireOption("probe", typeof probe === "function", "a function that looks for a running engine");
	const settings = readResolverSettings(configuration);
	options.signal?.throwIfAborted();
	if (!(await checkNamedPath(settings))) {
		const health = await probe();
		if (health !== undefined) return { kind: "existing", health };
	}
	return { kind: "binary", ...(await resolveWith(settings, others)) };
}

/**
 * Finds the binary without asking whether an engine runs, for tools that execute it themselves.
 *
 * @throws EngineError as {@link resolveEngine}.
 */
export async function resolveEnginePath(
	configuration: EngineResolverConfiguration,
	options: ResolveOptions = {},
): Promise<ResolvedBinary> {
	requireKnownOptions(options, RESOLVE_OPTIONS);
	return await resolveWith(readResolverSettings(configuration), options);
}

/**
 * Checks the path that the configuration or an environment variable gives. Runs nothing.
 *
 * @returns False if no path is named.
 * @throws EngineError `binary_not_found`, `binary_not_executable`, `binary_wrong_platform`; `invalid_option` for an
 * option that is unknown, missing or cannot be used.
 */
export async function checkNamedBinary(configuration: EngineResolverConfiguration): Promise<boolean> {
	return await checkNamedPath(readResolverSettings(configuration));
}

async function resolveWith(settings: ResolverSettings, options: ResolveOptions): Promise<ResolvedBinary> {
	const { logger = silentLogger, onWait, signal } = options;
	const conflict = conflictingVariables(settings);
	if (conflict !== undefined && settings.binaryPath === undefined) {
		logger.warn(conflict, "RIVET_ENGINE_BINARY_PATH and RIVET_ENGINE_BINARY differ; the first is used");
	}
	const declined: DeclinedSource[] = [];
	for (const source of [...localSources(), downloadSource(options.fetch)]) {
		signal?.throwIfAborted();
		for (const result of await source(settings, { logger, onWait, signal })) {
			if (result.kind === "found") return { ...result.binary, declined };
			declined.push(result.declined);
		}
	}
	throw binaryUnavailableError(settings, declined);
}

/** Makes the sources that look on this machine, in the order in which they are asked. */
export function localSources(): readonly EngineSource[] {
	return [explicitSource, cargoSource, npmSource, cacheSource()];
}

/** Makes the error for a search in which every source has declined. */
export function binaryUnavailableError(
	{ version, versionIsExplicit }: ResolverSettings,
	declined: readonly DeclinedSource[],
): EngineError<"binary_unavailable"> {
	const message =
		`No usable engine binary was found for version '${version}'. Build \`rivet-engine\`, ` +
		"set `RIVET_ENGINE_BINARY_PATH`, or enable `RIVETKIT_ENGINE_AUTO_DOWNLOAD=1`.";
	const wanted = versionIsExplicit ? `@rivetkit/engine-cli@${version}` : "@rivetkit/engine-cli";
	const tried = declined.map(({ source, reason }) => `${source}: ${reason}`);
	return new EngineError("binary_unavailable", message, {
		metadata: {
			version,
			declined,
			hint: `Run: npm install -D ${wanted}. Tried ${tried.join("; ")}.`,
		},
	});
}
