import { engineBindsLoopbackOnly } from "@rivetkit/engine-core";

/**
 * Warns of a guard that other machines reach and that needs no token. Undefined for any other guard, and if its host or
 * its need for a token is unknown.
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
