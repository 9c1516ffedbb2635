import { type EngineError, type EngineHealth, isEngineError } from "@rivetkit/engine-core";
import { askDatabase, describeProbe, probeVerdict } from "@rivetkit/engine-health";
import { executesEngine } from "@rivetkit/engine-inspect";
import { answersAt, readRecords } from "@rivetkit/engine-instances";
import type { Mismatch } from "@rivetkit/engine-lifecycle";
import { compareEngine, requireReusable, requireSupportedVersion } from "@rivetkit/engine-lifecycle";
import { spawnLevel } from "../endpoint-state.ts";
import { type AreaFinding, asFinding, notice, ok } from "../finding.ts";
import { foreseenVersion, wouldReplace } from "../forecast-start.ts";
import type { Observations } from "../observations.ts";
import { checkAccess } from "./check-access.ts";
import { checkReplacement } from "./check-replacement.ts";

const OTHER_PORT = "or choose another port with `bindPort`";

/** Checks what answers at the endpoint, and whether a start could use the endpoint. */
export async function checkEndpoint(observations: Observations): Promise<readonly AreaFinding[]> {
	const { answer, configuration } = observations;
	const { ports, target } = configuration;
	const { url } = configuration.endpoint.value;
	if (target.managedBy.kind === "remote") return [remote(observations)];
	const found =
		answer.kind === "engine" ? await judgeEngine(observations, answer.health) : [judgeOther(observations)];
	if (!isEngineError(ports)) return found;
	const cure = `Give an endpoint that an engine can bind instead of '${url}', such as http://127.0.0.1:6420.`;
	return [...found, asFinding(spawnLevel(observations), ports, ports.metadata.hint ?? cure)];
}

function remote({ answer, configuration }: Observations): AreaFinding {
	const { url } = configuration.endpoint.value;
	const where = `'${url}' is not this machine's, so no engine is started for it`;
	if (answer.kind === "engine") return ok(`${where}; engine ${answer.health.version ?? ""} answers there.`);
	return notice(
		`${where}, and none answers there: ${describeProbe(answer)}.`,
		"Start it where it belongs, or name another with `endpoint` (`RIVET_ENDPOINT`).",
	);
}

async function judgeEngine(
	observations: Observations,
	health: EngineHealth,
): Promise<readonly AreaFinding[]> {
	const { configuration, holder } = observations;
	const { url } = configuration.endpoint.value;
	try {
		requireSupportedVersion(health, url);
	} catch (error) {
		if (!isEngineError(error, "engine_unsupported")) throw error;
		return [asFinding("problem", error)];
	}
	const who = holder === undefined ? "" : ` (pid ${holder.pid})`;
	const asked = await askDatabase(configuration.endpoint.value, {
		token: configuration.secrets.adminToken,
		signal: observations.context.signal,
	});
	const records = await readRecords(configuration.target.layout);
	const { mismatch, running } = await compareEngine(
		configuration,
		{ health, records },
		{
			known: { version: foreseenVersion(observations), hasToken: asked.hasToken },
			signal: observations.context.signal,
		},
	);
	const state = checkAccess(observations, asked, running.actual.bindHost);
	const version = mismatch.find(({ field }) => field === "version");
	const answers = ok(`Engine ${health.version ?? "of unknown version"}${who} answers at '${url}'.`);
	if (version !== undefined && wouldReplace(observations)) {
		return [answers, ...state, checkReplacement(observations, version)];
	}
	try {
		requireReusable(configuration, mismatch);
	} catch (error) {
		if (!isEngineError(error)) throw error;
		return [answers, ...state, unusable(error)];
	}
	return [answers, ...state, ...mismatch.map(describeMismatch)];
}

function unusable(error: EngineError): AreaFinding {
	const again = "Stop the engine that runs with `stopEngine` and the same options, and start again";
	const { reason } = error.metadata;
	// Another finding already reports the engine. Only the reason of this error is new.
	if (error.code !== "port_occupied" || typeof reason !== "string") {
		return asFinding("problem", error, `${again}.`);
	}
	const cure = `${again}, ${OTHER_PORT} and another instance with \`instancePath\`.`;
	return { level: "problem", message: `The engine is not the requested one: ${reason}.`, cure };
}

function describeMismatch({ field, expected, actual }: Mismatch): AreaFinding {
	const again = "Stop it with `stopEngine` and start again";
	const cure = {
		version: `${again} to have ${expected}.`,
		bindHost: `${again}.`,
		publicUrl: `${again}.`,
		storage: `Use another port with \`bindPort\` to have an engine on '${expected}'.`,
		messaging: `${again} with these settings.`,
		adminToken: `${again} with these settings.`,
	}[field];
	const name = {
		version: "version",
		bindHost: "address",
		publicUrl: "public URL",
		storage: "database",
		messaging: "messaging",
		adminToken: "admin token",
	}[field];
	return notice(`Its ${name} is ${actual ?? "unknown"}, while a start would bring ${expected}.`, cure);
}

function judgeOther(observations: Observations): AreaFinding {
	const { answer, configuration, living, endpointState, holder } = observations;
	const { url, port } = configuration.endpoint.value;
	const started = living && `The engine (pid ${living.identity.pid}) that was started at ${living.startedAt}`;
	if (endpointState === "starting") {
		return ok(`${started} is alive and has not been healthy so far; a start waits for it.`);
	}
	if (answer.kind === "free") {
		if (living !== undefined && answersAt(living, configuration)) {
			const cure =
				"Try again in a moment; if the engine is still alive, stop it with `stopEngine` and the same options.";
			return {
				level: "problem",
				message: `${started} is ending or stuck: it is alive, but no longer listens at '${url}'.`,
				cure,
			};
		}
		if (endpointState === "free") return ok(`Nobody listens at '${url}'; an engine would be started there.`);
		const cure =
			"Set `RIVETKIT_ENGINE_SPAWN` (option `spawn`) to `auto`, or start the engine elsewhere first.";
		return {
			level: "problem",
			message: `Nobody listens at '${url}', and starting an engine is turned off.`,
			cure,
		};
	}
	if (answer.kind === "unreachable") {
		return {
			level: "problem",
			message: `'${url}' cannot be reached from this machine: ${answer.reason}.`,
			cure: "Bind 127.0.0.1, 0.0.0.0, or an address that this machine has, with `bindHost`.",
		};
	}
	const who = holder === undefined ? "Another program" : `'${holder.name}' (pid ${holder.pid})`;
	const stop =
		holder === undefined ? `Stop what holds port ${port}` : `Stop '${holder.name}' (pid ${holder.pid})`;
	const verdict = probeVerdict(answer);
	if (verdict.kind === "occupied") {
		const message = `${who} is at '${url}', and is no engine: ${verdict.reason}.`;
		return { level: "problem", message, cure: `${stop}, ${OTHER_PORT}.` };
	}
	if (holder !== undefined && (executesEngine(holder) || holder.pid === living?.identity.pid)) {
		return {
			level: "problem",
			message: `The engine at '${url}' (pid ${holder.pid}) is alive, but slow or stuck: ${describeProbe(answer)}.`,
			cure: "Try again in a moment; if the engine still does not answer, stop it with `stopEngine` and the same options.",
		};
	}
	const message = `${who} is at '${url}', and does not answer as an engine: ${describeProbe(answer)}.`;
	return { level: "problem", message, cure: `${stop}, ${OTHER_PORT}.` };
}
