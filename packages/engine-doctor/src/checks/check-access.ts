import { openGuardWarning } from "@rivetkit/engine-config";
import type { DatabaseAnswer, DatabaseProbeResult } from "@rivetkit/engine-health";
import { type AreaFinding, info, notice } from "../finding.ts";
import { wouldReplace } from "../foreseen-version.ts";
import type { Observations } from "../observations.ts";

/**
 * What it means for a start whether the engine that answers can read its database, and whom it lets in.
 *
 * @param bindHost - Where its guard listens; undefined where that cannot be told.
 */
export function judgeState(
	situation: Observations,
	{ database, hasToken }: DatabaseAnswer,
	bindHost: string | undefined,
): readonly AreaFinding[] {
	const open = openGuardWarning({ host: bindHost, hasToken });
	return [
		...judgeDatabase(situation, database),
		...(open === undefined ? [] : [notice(`It lets everybody in: ${open}.`, "Restart it with a token.")]),
	];
}

const OWN_TOKEN =
	"Give the engine's own token with `adminToken` (`--admin-token-file`, `RIVETKIT_ENGINE_ADMIN_TOKEN_FILE`)";

const NOT_AWAITED = 'do not wait for its database with `ready: "health"` (`--ready health`)';

function judgeDatabase(situation: Observations, database: DatabaseProbeResult): readonly AreaFinding[] {
	const { adminToken, endpoint, ready } = situation.configuration;
	// One that is to be replaced is not waited for.
	const isAwaited = ready.value === "database" && !wouldReplace(situation);
	switch (database.kind) {
		case "answers":
			return [];
		case "failing": {
			const message = `It cannot read its database: ${database.reason}.`;
			const look = "Look at the server of its database and the end of its log (`rivet-enginectl logs`)";
			if (!isAwaited) return [notice(message, `${look}; it recovers by itself.`)];
			return [
				{ level: "problem", message, cure: `${look}, from which it recovers by itself, or ${NOT_AWAITED}.` },
			];
		}
		case "unauthorized": {
			const isGiven = adminToken.value || endpoint.value.credentials?.token !== undefined;
			const message = isGiven
				? "It wants another token than the one that is given to tell whether its database answers."
				: "It wants a token to tell whether its database answers, and none is given.";
			if (isAwaited) return [{ level: "problem", message, cure: `${OWN_TOKEN}, or ${NOT_AWAITED}.` }];
			// That of an endpoint may be one of a namespace, which is enough for who uses it.
			return [adminToken.value ? notice(message, `${OWN_TOKEN}.`) : info(message)];
		}
	}
}
