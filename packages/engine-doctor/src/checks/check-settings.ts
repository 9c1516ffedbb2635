import { openGuardWarning, requireLoopbackPorts } from "@rivetkit/engine-config";
import { type EngineError, isEngineError } from "@rivetkit/engine-core";
import { launchRequest } from "@rivetkit/engine-lifecycle";
import { spawnLevel } from "../endpoint-state.ts";
import { type AreaFinding, asFinding, notice, ok } from "../finding.ts";
import type { Observations } from "../observations.ts";

/** Checks whether environment variables contradict each other or are not passed to the engine, and who may use the engine. */
export async function checkSettings(observations: Observations): Promise<readonly AreaFinding[]> {
	const { configuration } = observations;
	const findings: AreaFinding[] = [];
	const { environment, endpoint, ports } = configuration;
	const [first, second] = [environment["RIVET_ENGINE"], environment["RIVET_ENDPOINT"]];
	if (first && second && first !== second && endpoint.origin.kind === "variable") {
		findings.push(
			notice(
				"`RIVET_ENGINE` and `RIVET_ENDPOINT` differ; the first is used.",
				"Unset one of `RIVET_ENGINE` and `RIVET_ENDPOINT`.",
			),
		);
	}
	if (!isEngineError(ports)) {
		const { engineEnvironment } = await import("@rivetkit/engine-spawn");
		const { removed } = engineEnvironment(launchRequest(configuration, ports), undefined);
		if (removed.length > 0) {
			const names = removed.map((name) => `\`${name}\``).join(", ");
			findings.push(
				notice(
					`An engine does not get ${names}, which would move it to another database.`,
					`Unset ${names}, or give what is meant with the options \`storage\` and \`messaging\`.`,
				),
			);
		}
	}
	try {
		requireLoopbackPorts(configuration);
	} catch (error) {
		if (!isEngineError(error)) throw error;
		findings.push(asFinding(spawnLevel(observations), error));
	}
	const { adminToken } = configuration;
	const host = isEngineError(ports) ? undefined : ports.guard.host;
	const open = openGuardWarning({ host, hasToken: adminToken.value });
	if (open !== undefined) {
		findings.push(
			notice(
				`An engine would let everybody in: ${open}.`,
				"Set a token with `adminToken` (`RIVETKIT_ENGINE_ADMIN_TOKEN_FILE`).",
			),
		);
	}
	return findings.length === 0 ? [ok("Options and variables can be used.")] : findings;
}

/**
 * Makes a finding from an error that an environment variable has caused. Returns undefined if an option has caused the
 * error: that is the caller's mistake, and stays an error.
 */
export function flawOfVariable(error: EngineError): AreaFinding | undefined {
	const { variable, origin } = error.metadata;
	const named = typeof variable === "string" ? variable : /^variable `(.+)`$/.exec(String(origin ?? ""))?.[1];
	if (named === undefined) return undefined;
	return asFinding("problem", error, `Correct or unset \`${named}\`.`);
}
