import { reachServers } from "@rivetkit/engine-lifecycle";
import { type AreaFinding, ok } from "../finding.ts";
import { type Observations, spawnLevel } from "../observations.ts";

/** Whether PostgreSQL and NATS can be connected to. No password is sent: whether they let an engine in, a start tells. */
export async function checkServers(situation: Observations): Promise<readonly AreaFinding[]> {
	const servers = await reachServers(situation.configuration);
	return servers.map(({ name, failure }) =>
		failure === undefined
			? ok(`${name} accepts connections; no password was sent.`)
			: {
					level: spawnLevel(situation),
					message: `${name} cannot be connected to: ${failure.reason}.`,
					cure: failure.cure,
				},
	);
}
