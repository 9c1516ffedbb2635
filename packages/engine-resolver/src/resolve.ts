import {
	type EngineCacheErrorCode,
	EngineError,
	type EngineHealth,
	type Logger,
	silentLogger,
} from "@rivetkit/engine-core";
import type { ExecutableErrorCode } from "./executable/check-executable.ts";
import type {
	DeclinedSource,
	EngineBinary,
	EngineResolverConfiguration,
	EngineSource,
	FetchBinary,
	FileWait,
} from "./source.ts";
import { cacheSource } from "./sources/cache-source.ts";
import { cargoSource } from "./sources/cargo-source.ts";
import { downloadSource } from "./sources/download-source.ts";
import { checkNamedBinary, conflictingVariables, explicitSource } from "./sources/explicit-source.ts";
import { npmSource } from "./sources/npm-source.ts";

/** The codes that resolving throws. */
export type EngineResolverErrorCode = ExecutableErrorCode | EngineCacheErrorCode | "binary_unavailable";

/** Asks whether an engine runs already; undefined if none does. May throw to end resolving. */
export type ProbeExisting = () => Promise<EngineHealth | undefined>;

/** What resolving works with. */
export interface ResolveOptions {
	readonly fetch?: FetchBinary | undefined;
	readonly logger?: Logger | undefined;
	/** Called when resolving begins to wait for a file of the cache that another program seems to be writing. */
	readonly onWait?: ((wait: FileWait) => void) | undefined;
	readonly signal?: AbortSignal | undefined;
}

/** An engine that runs, or a binary to start one with. */
export type ResolvedEngine =
	| { readonly kind: "existing"; readonly health: EngineHealth }
	| ({ readonly kind: "binary" } & ResolvedBinary);

/** A binary, and every source that was asked before it and declined. */
export interface ResolvedBinary extends EngineBinary {
	readonly declined: readonly DeclinedSource[];
}

/**
 * Finds what to use: a path that was named, if any, else an engine that runs, else a Cargo build if that was
 * asked for, else the npm package, else the cache, else a download. A named path is checked before anything
 * is probed, but an engine that runs is used only where no path is named.
 *
 * @throws EngineError `binary_not_found`, `binary_not_executable`, `binary_wrong_platform`,
 * `binary_unavailable`, `invalid_option` for a version that cannot be part of a path; what `probe` and
 * `fetch` throw; the signal's reason if aborted.
 */
export async function resolveEngine(
	configuration: EngineResolverConfiguration,
	options: ResolveOptions & { readonly probe: ProbeExisting },
): Promise<ResolvedEngine> {
	options.signal?.throwIfAborted();
	if (!(await checkNamedBinary(configuration))) {
		const health = await options.probe();
		if (health !== undefined) return { kind: "existing", health };
	}
	return { kind: "binary", ...(await resolveEnginePath(configuration, options)) };
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
	const { logger = silentLogger, onWait, signal } = options;
	const conflict = conflictingVariables(configuration);
	if (conflict !== undefined && configuration.binaryPath === undefined) {
		logger.warn(conflict, "RIVET_ENGINE_BINARY_PATH and RIVET_ENGINE_BINARY differ; the first is used");
	}
	const declined: DeclinedSource[] = [];
	for (const source of [...localSources(), downloadSource(options.fetch)]) {
		signal?.throwIfAborted();
		for (const result of await source(configuration, { logger, onWait, signal })) {
			if (result.kind === "found") return { ...result.binary, declined };
			declined.push(result.declined);
		}
	}
	throw binaryUnavailable(configuration, declined);
}

/** The sources that look on this machine, in the order in which they are asked. */
export function localSources(): readonly EngineSource[] {
	return [explicitSource, cargoSource, npmSource, cacheSource()];
}

/** The error for a search in which every source has declined. */
export function binaryUnavailable(
	{ version, versionIsExplicit }: EngineResolverConfiguration,
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
