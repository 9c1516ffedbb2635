import { type EngineEndpoint, requireKnownOptions } from "@rivetkit/engine-core";
import { type DatabaseProbeResult, probeDatabase } from "./probe-database.ts";

/** Answer of an engine to the question for its database. */
export interface DatabaseAnswer {
	readonly database: DatabaseProbeResult;
	/** True if the engine admits nobody without a token; undefined if that cannot be told. */
	readonly hasToken: boolean | undefined;
}

/** How to ask an engine for its database. */
export interface AskDatabaseOptions {
	/** The engine's admin token, if it is known. @defaultValue that of the endpoint, if it has one */
	readonly token?: string | undefined;
	/** Ends the question; it then rejects with the signal's reason. */
	readonly signal?: AbortSignal | undefined;
}

const ASK_DATABASE_OPTIONS: Readonly<Record<keyof AskDatabaseOptions, true>> = { token: true, signal: true };

/**
 * Asks an engine for its database: first without a token, then with the known token if the engine wants one.
 *
 * @throws EngineError `invalid_option` for an unknown option; the signal's reason if aborted.
 */
export async function askDatabase(
	endpoint: EngineEndpoint,
	options: AskDatabaseOptions = {},
): Promise<DatabaseAnswer> {
	requireKnownOptions(options, ASK_DATABASE_OPTIONS);
	const { token, signal } = options;
	const asAnybody = await probeDatabase(endpoint, { token: "", signal });
	if (asAnybody.kind !== "unauthorized") {
		return { database: asAnybody, hasToken: asAnybody.kind === "answers" ? false : undefined };
	}
	const known = token ?? endpoint.credentials?.token;
	if (known === undefined) return { database: asAnybody, hasToken: true };
	return { database: await probeDatabase(endpoint, { token: known, signal }), hasToken: true };
}

/** Says why an engine does not tell a caller with this token, or without a token, if its database answers. */
export function wantsToken(given: string | undefined): string {
	return given === undefined
		? "it wants a token to tell whether its database answers, and none is given"
		: "it wants another token to tell whether its database answers";
}

/** Names the state of an engine's token, for the comparison with the wanted state. */
export function tokenState(hasToken: boolean | undefined): "set" | "none" | undefined {
	if (hasToken === undefined) return undefined;
	return hasToken ? "set" : "none";
}
