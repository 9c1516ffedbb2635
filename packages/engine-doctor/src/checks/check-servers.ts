import { reachServers } from "@rivetkit/engine-lifecycle";
import { spawnLevel } from "../endpoint-state.ts";
import { type AreaFinding, ok } from "../finding.ts";
import type { Observations } from "../observations.ts";

/**
 * Checks whether PostgreSQL and NATS accept connections. Sends no password, so only a start finds out whether the
 * password is right.
 */
export async function checkServers(observations: Observations): Promise<readonly AreaFinding[]> {
	const servers = await reachServers(observations.configuration);
	return servers.map(({ name, failure }) =>
		failure === undefined
			? ok(`${name} accepts connections; no password was sent.`)
			: {
					level: spawnLevel(observations),
					message: `${name} cannot be connected to: ${failure.reason}.`,
					cure: failure.cure,
				},
	);
}
