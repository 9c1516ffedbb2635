import { engineBindsLoopbackOnly } from "@rivetkit/engine-core";

/**
 * Returns a warning about a guard that other machines can reach without a token. Undefined for any other guard, and if
 * the guard's host is unknown or it is unknown whether the engine requires a token.
 */
export function openGuardWarning({
	host,
	hasToken,
}: {
	readonly host: string | undefined;
	readonly hasToken: boolean | undefined;
}): string | undefined {
	if (host === undefined || hasToken !== false || engineBindsLoopbackOnly(host)) return undefined;
	return `its guard listens on ${host} without an admin token, so whoever reaches it from another machine may do everything; set one with \`adminToken\`, or bind 127.0.0.1`;
}
