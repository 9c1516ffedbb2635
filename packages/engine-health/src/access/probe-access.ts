import type { EngineEndpoint } from "@rivetkit/engine-core";
import { type DatabaseProbeResult, probeDatabase } from "./probe-database.ts";

/** What an engine tells of its database, and whom. */
export interface DatabaseAnswer {
	readonly database: DatabaseProbeResult;
	/** Whether it lets nobody in without a token; undefined where that cannot be told. */
	readonly hasToken: boolean | undefined;
}

/** Asks an engine for its database, at first as somebody without a token would. */
export async function askDatabase(
	endpoint: EngineEndpoint,
	{ token, signal }: { readonly token: string | undefined; readonly signal?: AbortSignal | undefined },
): Promise<DatabaseAnswer> {
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
