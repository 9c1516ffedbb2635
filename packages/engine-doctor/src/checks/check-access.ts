import { openGuardWarning } from "@rivetkit/engine-config";
import type { DatabaseAnswer, DatabaseProbeResult } from "@rivetkit/engine-health";
import { type AreaFinding, info, notice } from "../finding.ts";
import { wouldReplace } from "../forecast-start.ts";
import type { Observations } from "../observations.ts";

/**
 * Checks whether the engine that answers can read its database, and whether that engine requires a token.
 *
 * @param bindHost - The address on which the engine's guard listens; undefined if it is unknown.
 */
export function checkAccess(
	observations: Observations,
	{ database, hasToken }: DatabaseAnswer,
	bindHost: string | undefined,
): readonly AreaFinding[] {
	const open = openGuardWarning({ host: bindHost, hasToken });
	return [
		...judgeDatabase(observations, database),
		...(open === undefined
			? []
			: [notice(`The engine lets everybody in: ${open}.`, "Restart it with a token.")]),
	];
}

const OWN_TOKEN = "Give the engine's own token with `adminToken` (`RIVETKIT_ENGINE_ADMIN_TOKEN_FILE`)";

const NOT_AWAITED = 'do not wait for its database with `ready: "health"`';

function judgeDatabase(observations: Observations, database: DatabaseProbeResult): readonly AreaFinding[] {
	const { adminToken, endpoint, ready } = observations.configuration;
	// If a start replaces the engine, it does not wait for that engine's database.
	const isAwaited = ready.value === "database" && !wouldReplace(observations);
	switch (database.kind) {
		case "answers":
			return [];
		case "failing": {
			const message = `The engine cannot read its database: ${database.reason}.`;
			const look = "Look at the server of its database and the end of its log (`engineLogs`)";
			if (!isAwaited) return [notice(message, `${look}; it recovers by itself.`)];
			return [
				{ level: "problem", message, cure: `${look}, from which it recovers by itself, or ${NOT_AWAITED}.` },
			];
		}
		case "unauthorized": {
			const isGiven = adminToken.value || endpoint.value.credentials?.token !== undefined;
			const message = isGiven
				? "The engine refuses the given token, so it is not known whether its database answers."
				: "The engine requires a token and none is given, so it is not known whether its database answers.";
			if (isAwaited) return [{ level: "problem", message, cure: `${OWN_TOKEN}, or ${NOT_AWAITED}.` }];
			// The token of an endpoint may be the token of a namespace, which is enough to use the engine.
			return [adminToken.value ? notice(message, `${OWN_TOKEN}.`) : info(message)];
		}
	}
}
