import { engineBindsLoopbackOnly } from "@rivetkit/engine-core";

/** What is known of a guard; undefined where nothing is. */
export interface KnownGuard {
	readonly host: string | undefined;
	readonly hasToken: boolean | undefined;
}

/**
 * Warns of a guard that other machines reach and that asks nobody for a token; undefined for any other, and where it
 * cannot be told.
 */
export function openGuardWarning({ host, hasToken }: KnownGuard): string | undefined {
	if (host === undefined || hasToken !== false || engineBindsLoopbackOnly(host)) return undefined;
	return `its guard listens on ${host} without an admin token, so whoever reaches it from another machine may do everything; set one with \`adminToken\` (\`--admin-token-file\`), or bind 127.0.0.1`;
}
