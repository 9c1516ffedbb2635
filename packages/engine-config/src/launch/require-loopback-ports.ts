import { EngineError, engineBindsLoopbackOnly } from "@rivetkit/engine-core";
import type { EngineConfiguration } from "../configuration.ts";

/**
 * Checks that nobody opens the ports that know no authentication to other machines without saying so.
 *
 * @throws EngineError `invalid_option`
 */
export function requireLoopbackPorts({
	unsafelyExposeUnauthenticatedPorts,
	peerHost,
	metricsHost,
}: EngineConfiguration): void {
	if (unsafelyExposeUnauthenticatedPorts.value) return;
	const exposed = [
		{ option: "peerHost", flag: "--peer-host", name: "api-peer", host: peerHost.value },
		{ option: "metricsHost", flag: "--metrics-host", name: "metrics", host: metricsHost.value },
	].find(({ host }) => host !== undefined && !engineBindsLoopbackOnly(host));
	if (exposed === undefined) return;
	const { option, flag, name, host } = exposed;
	throw new EngineError(
		"invalid_option",
		`Option '${option}' is '${host}', where other machines reach the ${name} port, which asks nobody for a token.`,
		{
			metadata: {
				option,
				hint: `Leave out \`${option}\` (\`${flag}\`), or allow it with \`unsafelyExposeUnauthenticatedPorts\` (\`--unsafely-expose-unauthenticated-ports\`) where a firewall decides who may connect.`,
			},
		},
	);
}

/** What is known of a guard; undefined where nothing is. */
export interface KnownGuard {
	readonly host: string | undefined;
	readonly hasToken: boolean | undefined;
}

/**
 * The warning about a guard that lets everybody in who reaches it from other machines; undefined for any other, and
 * where it cannot be told.
 */
export function openGuardWarning({ host, hasToken }: KnownGuard): string | undefined {
	if (host === undefined || hasToken !== false || engineBindsLoopbackOnly(host)) return undefined;
	return `its guard listens on ${host} without an admin token, so whoever reaches it from another machine may do everything; set one with \`adminToken\` (\`--admin-token-file\`), or bind 127.0.0.1`;
}
