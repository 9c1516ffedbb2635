import type { EngineConfiguration } from "@rivetkit/engine-config";
import { EngineError } from "@rivetkit/engine-core";
import type { ResolvedBinary } from "@rivetkit/engine-resolver";
import type { EngineLaunch, ShownConfiguration } from "@rivetkit/engine-spawn";
import type { EngineContext } from "../context.ts";

/**
 * Asks the engine itself which storage and messaging it would use, if PostgreSQL, NATS or a token is asked for. An engine
 * silently leaves out settings that it does not understand, and starts on an empty database of its own.
 *
 * @throws EngineError `config_invalid`; the signal's reason if aborted.
 */
export async function confirmConfiguration(
	{ configuration, signal }: Pick<EngineContext, "configuration" | "signal">,
	launch: EngineLaunch,
	binary: ResolvedBinary,
): Promise<void> {
	if (!needsConfirmation(configuration)) return;
	const { askConfiguration, engineCommand } = await import("@rivetkit/engine-spawn");
	const { explainExit } = await import("@rivetkit/engine-spawn/explain");
	const answer = await askConfiguration(engineCommand(launch, binary, ["config", "show"]), signal);
	if (answer.kind === "refused") {
		const { reason, hint } = explainExit(answer.exit, answer.lines);
		throw notConfirmedError(
			configuration,
			`it does not say how it understands its configuration: ${reason}`,
			hint,
		);
	}
	const [difference] = differences(configuration, launch, answer.shown);
	if (difference !== undefined) throw notConfirmedError(configuration, difference);
}

function needsConfirmation({ database, messaging, adminToken }: EngineConfiguration): boolean {
	return database.kind === "postgres" || messaging.value.kind === "nats" || adminToken.value;
}

/** Lists the settings that the engine would not follow. Pure. */
export function differences(
	{ storage, messaging, adminToken }: Pick<EngineConfiguration, "storage" | "messaging" | "adminToken">,
	{ telemetry }: Pick<EngineLaunch, "telemetry">,
	shown: ShownConfiguration,
): readonly string[] {
	const found: string[] = [];
	if (shown.storage !== storage.value.kind) {
		found.push(`it would use the storage '${shown.storage}' instead of '${storage.value.kind}'`);
	}
	if (shown.messaging !== messaging.value.kind) {
		found.push(`it would use the messaging '${shown.messaging}' instead of '${messaging.value.kind}'`);
	}
	if (adminToken.value && !shown.hasAdminToken) found.push("it would run without the admin token");
	// An engine with telemetry on, although it was turned off, could send a password to a stranger.
	if (telemetry === false && shown.telemetry)
		found.push("it would send telemetry to Rivet although that is turned off");
	return found;
}

function notConfirmedError(
	{ target: { layout } }: EngineConfiguration,
	reason: string,
	hint?: string | undefined,
): EngineError<"config_invalid"> {
	return new EngineError("config_invalid", `The engine was not started, since ${reason}.`, {
		metadata: {
			path: layout.configPath,
			reason,
			hint:
				hint ??
				`See '${layout.configPath}' for the settings that the engine got, and the options \`config\` and \`env\`.`,
		},
	});
}
