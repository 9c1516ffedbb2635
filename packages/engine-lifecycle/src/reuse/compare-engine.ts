import type { EngineConfiguration } from "@rivetkit/engine-config";
import { requireKnownOptions } from "@rivetkit/engine-core";
import { askDatabase, tokenState } from "@rivetkit/engine-health";
import { describeRunning, type RunningEngine } from "@rivetkit/engine-instances";
import type { FoundEngine } from "../endpoint/find-running.ts";
import type { Mismatch } from "../engine.ts";
import { expectedExceptVersion, expectedVersion, strictFields } from "./expected-engine.ts";
import { findMismatches } from "./find-mismatches.ts";

/** A running engine, and its differences from what was asked for. */
export interface ComparedEngine extends FoundEngine {
	readonly running: RunningEngine;
	readonly mismatch: readonly Mismatch[];
}

/** Options of a comparison. */
export interface ComparisonOptions {
	/** The port of the engine's guard. @defaultValue the guard port of the configuration */
	readonly port?: number | undefined;
	/** Facts that the caller knows already. @defaultValue the comparison finds them out */
	readonly known?: KnownOfEngine | undefined;
	/**
	 * True if the result is only shown. An unknown value is then no mismatch. Nor is another database of a recorded engine,
	 * unless these options name one: the options of its start may have named that database. @defaultValue false
	 */
	readonly isForDisplay?: boolean | undefined;
	readonly signal: AbortSignal | undefined;
}

/** Facts that a comparison takes some time to find out. */
export interface KnownOfEngine {
	/** The version that a start would bring; undefined if that does not matter or is not known. */
	readonly version: string | undefined;
	/** True if the engine requires a token; undefined if that is not known. */
	readonly hasToken: boolean | undefined;
}

const COMPARISON_OPTIONS: Readonly<Record<keyof ComparisonOptions, true>> = {
	port: true,
	known: true,
	isForDisplay: true,
	signal: true,
};

/**
 * Compares an engine that runs with what was asked for: for a start, a status and the doctor.
 *
 * @throws EngineError `invalid_option` for an unknown option; the signal's reason if aborted.
 */
export async function compareEngine(
	configuration: EngineConfiguration,
	found: FoundEngine,
	options: ComparisonOptions,
): Promise<ComparedEngine> {
	requireKnownOptions(options, COMPARISON_OPTIONS);
	const { port = configuration.target.guardPort, known, isForDisplay = false, signal } = options;
	const { health, records } = found;
	const running = await describeRunning(records, configuration.target.layout, port);
	const withoutVersion = expectedExceptVersion(configuration);
	const version = known === undefined ? await expectedVersion(configuration, health, signal) : known.version;
	const actual = { ...running.actual, version: health.version };
	if (isForDisplay) {
		const isNamed = running.record === undefined || configuration.storage.origin.kind !== "default";
		const expected = { ...withoutVersion, version, storage: isNamed ? withoutVersion.storage : undefined };
		return { ...found, running, mismatch: findMismatches(expected, actual) };
	}
	// If no record shows whether the engine requires a token, a request to the engine shows it.
	const adminToken = actual.adminToken ?? tokenState(await hasToken(configuration, known, signal));
	const expected = { ...withoutVersion, version };
	const mismatch = findMismatches(expected, { ...actual, adminToken }, strictFields(configuration));
	return { ...found, running, mismatch };
}

async function hasToken(
	{ endpoint, adminToken }: EngineConfiguration,
	known: KnownOfEngine | undefined,
	signal: AbortSignal | undefined,
): Promise<boolean | undefined> {
	if (known !== undefined) return known.hasToken;
	// The answer counts only if a token was asked for.
	if (!adminToken.value) return undefined;
	return (await askDatabase(endpoint.value, { token: undefined, signal })).hasToken;
}
