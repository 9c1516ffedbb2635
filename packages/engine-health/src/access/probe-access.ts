import { type EngineEndpoint, requireKnownOptions } from "@rivetkit/engine-core";
import { type DatabaseProbeResult, probeDatabase } from "./probe-database.ts";

/** The report of an engine about its database and its token. */
export interface DatabaseAnswer {
	readonly database: DatabaseProbeResult;
	/** True if the engine requires a token; undefined if unknown. */
	readonly hasToken: boolean | undefined;
}

/** How to ask an engine about its database. */
export interface AskDatabaseOptions {
	/** The engine's admin token, if it is known. @defaultValue the endpoint's token, if it has one */
	readonly token?: string | undefined;
	/** Ends the call, which then rejects with the signal's reason. */
	readonly signal?: AbortSignal | undefined;
}

const ASK_DATABASE_OPTIONS: Readonly<Record<keyof AskDatabaseOptions, true>> = { token: true, signal: true };

/**
 * Asks an engine about its database: first without a token, then with the known token if the engine requires a token.
 *
 * @throws EngineError `invalid_option` for an unknown option; the signal's reason if aborted.
 */
export async function askDatabase(
	endpoint: EngineEndpoint,
	options: AskDatabaseOptions = {},
): Promise<DatabaseAnswer> {
	requireKnownOptions(options, ASK_DATABASE_OPTIONS);
	const { token, signal } = options;
	const withoutToken = await probeDatabase(endpoint, { token: "", signal });
	if (withoutToken.kind !== "unauthorized") {
		return { database: withoutToken, hasToken: withoutToken.kind === "answers" ? false : undefined };
	}
	const known = token ?? endpoint.credentials?.token;
	if (known === undefined) return { database: withoutToken, hasToken: true };
	return { database: await probeDatabase(endpoint, { token: known, signal }), hasToken: true };
}

/** Explains why an engine does not report the state of its database to a caller with this token, or without a token. */
export function wantsToken(given: string | undefined): string {
	return given === undefined
		? "it wants a token to tell whether its database answers, and none is given"
		: "it wants another token to tell whether its database answers";
}

/** Returns whether an engine has a token, in a form that can be compared with the wanted state. */
export function tokenState(hasToken: boolean | undefined): "set" | "none" | undefined {
	if (hasToken === undefined) return undefined;
	return hasToken ? "set" : "none";
}
