import { EngineError, engineBindsLoopbackOnly } from "@rivetkit/engine-core";
import type { LaunchConfiguration } from "./read-launch.ts";

/**
 * Checks that the ports without authentication are on loopback, unless `unsafelyExposeUnauthenticatedPorts` allows other
 * addresses.
 *
 * @throws EngineError `invalid_option`
 */
export function requireLoopbackPorts({
	unsafelyExposeUnauthenticatedPorts,
	peerHost,
	metricsHost,
}: Pick<LaunchConfiguration, "unsafelyExposeUnauthenticatedPorts" | "peerHost" | "metricsHost">): void {
	if (unsafelyExposeUnauthenticatedPorts.value) return;
	const exposed = [
		{ option: "peerHost", name: "api-peer", host: peerHost.value },
		{ option: "metricsHost", name: "metrics", host: metricsHost.value },
	].find(({ host }) => host !== undefined && !engineBindsLoopbackOnly(host));
	if (exposed === undefined) return;
	const { option, name, host } = exposed;
	throw new EngineError(
		"invalid_option",
		`Option '${option}' is '${host}', where other machines reach the ${name} port, which asks nobody for a token.`,
		{
			metadata: {
				option,
				hint: `Leave out \`${option}\`, or allow it with \`unsafelyExposeUnauthenticatedPorts\` where a firewall decides who may connect.`,
			},
		},
	);
}
