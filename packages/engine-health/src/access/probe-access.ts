import { type EngineEndpoint, requireKnownOptions } from "@rivetkit/engine-core";
import { type DatabaseProbeResult, probeDatabase } from "./probe-database.ts";

/** What an engine tells of its database, and whom. */
export interface DatabaseAnswer {
	readonly database: DatabaseProbeResult;
	/** Whether it lets nobody in without a token; undefined where that cannot be told. */
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

/** Why an engine does not tell whether its database answers, to somebody with this token or none. */
export function wantsToken(given: string | undefined): string {
	return given === undefined
		? "it wants a token to tell whether its database answers, and none is given"
		: "it wants another token to tell whether its database answers";
}

/** How it is compared whether an engine wants a token, as it was seen to. */
export function tokenState(hasToken: boolean | undefined): "set" | "none" | undefined {
	if (hasToken === undefined) return undefined;
	return hasToken ? "set" : "none";
}
