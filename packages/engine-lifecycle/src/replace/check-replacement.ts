import { NEVER_DROPPED, unrecordedSettingsMissing } from "@rivetkit/engine-config";
import { EngineError } from "@rivetkit/engine-core";
import { sessionOfProcess } from "@rivetkit/engine-core/process";
import type { ConnectedProcess } from "@rivetkit/engine-inspect";
import type { ProvenProcess } from "@rivetkit/engine-instances";
import { isAbandoned, notProvenError, type TargetEngine } from "@rivetkit/engine-instances";
import type { ResolvedBinary } from "@rivetkit/engine-resolver";
import { resolveBinary } from "../binary/resolve-binary.ts";
import type { EngineContext } from "../context.ts";
import { requireUsableDatabase } from "../database/require-usable-database.ts";
import type { PreparedStart } from "../launch/launch-engine.ts";
import { engineInUseError } from "./engine-in-use-error.ts";
import { requireServers } from "./reach-servers.ts";

/** An engine that may be replaced, and the start that will take its place. */
export interface Replacement {
	readonly context: EngineContext;
	readonly target: TargetEngine;
	readonly proven: ProvenProcess;
	readonly prepared: PreparedStart;
}

/** Which engine is to be replaced. */
export interface ReplacementRequest {
	/** The process of the engine; undefined if it has ended by now. */
	readonly proven: ProvenProcess | undefined;
	/** Its version, where it is known. */
	readonly running: string | undefined;
	/** Whether to replace also an engine that we did not start, or that others are connected to. */
	readonly force: boolean;
	/** Throws for a binary that is not wanted in its place. @defaultValue any binary may take it */
	readonly requireBinary?: ((binary: ResolvedBinary) => Promise<void>) | undefined;
}

/**
 * Finds the binary that takes the engine's place, and checks all that can be checked while the engine still runs.
 *
 * @throws EngineError `not_ours` for an engine that we did not start, `engine_in_use`, `version_rollback`,
 * `version_upgrade`, `invalid_option` for settings that it would lose; as `resolveEnginePath`; what `requireBinary` throws.
 */
export async function checkReplacement(
	context: EngineContext,
	target: TargetEngine,
	{ proven, running, force, requireBinary }: ReplacementRequest,
): Promise<Replacement> {
	if (proven === undefined)
		throw notProvenError(context.configuration.target.layout, target, { reason: "it has ended" });
	const { pid } = proven.identity;
	if (proven.record === undefined && !force) {
		throw notProvenError(context.configuration.target.layout, target, {
			reason: `pid ${pid} was not started by this package`,
			pid,
			hint: "Restart it where it was started, or replace it all the same with `restartEngine({ force: true })` (`rivet-enginectl restart --force`).",
		});
	}
	if (!force) await requireBackground(proven, target.endpoint.url);
	requireGiven(context, proven, force);
	await requireServers(context.configuration);
	const binary = await resolveBinary(context);
	await requireBinary?.(binary);
	const users = force ? [] : await strangersAt(target, proven);
	if (users.length > 0) throw engineInUseError(target.endpoint, users);
	const lastDatabaseVersion = await requireUsableDatabase(context, binary, running);
	return { context, target, proven, prepared: { binary, lastDatabaseVersion } };
}

/**
 * Checks that no setting is lost. An engine without its token, or on another database, would be worse than none, so not
 * even `force` allows that.
 */
function requireGiven({ configuration }: EngineContext, { record }: ProvenProcess, force: boolean): void {
	const missing = unrecordedSettingsMissing(configuration, record).filter(
		(name) => !force || NEVER_DROPPED.includes(name),
	);
	if (missing.length === 0) return;
	const hint = missing.some((name) => NEVER_DROPPED.includes(name))
		? "Restart it with the options, flags or variables that it was started with; or stop it, and start another without them."
		: "Restart it from the program that started it, with the same options, or without them with `force: true` (`rivet-enginectl restart --force`).";
	throw new EngineError(
		"invalid_option",
		`The engine was started with ${missing.join(", ")}, which this restart does not give.`,
		{ metadata: { missing, hint } },
	);
}

/** Checks that no other program runs the engine in its foreground: it would start it again, and find another there. */
async function requireBackground({ record }: ProvenProcess, endpoint: string): Promise<void> {
	if (record?.foreground !== true || (await isAbandoned(record))) return;
	const { pid } = record.identity;
	throw new EngineError(
		"not_ours",
		`The engine at '${endpoint}' (pid ${pid}) runs in the foreground of another program, and was left alone.`,
		{ metadata: { endpoint, pid, hint: "Restart it where it runs, such as with `systemctl restart`." } },
	);
}

/** Finds the processes that are connected to an engine, but for this process and the engine's own. */
async function strangersAt(
	{ guardPort }: TargetEngine,
	{ identity, record }: ProvenProcess,
): Promise<readonly ConnectedProcess[]> {
	const { connectedProcesses } = await import("@rivetkit/engine-inspect");
	const connected = await connectedProcesses(guardPort, record?.bindHost);
	const known = await Promise.all(
		connected.map(async ({ pid }) => {
			if (pid === undefined) return false;
			return pid === process.pid || pid === identity.pid || (await sessionOfProcess(pid)) === identity.pid;
		}),
	);
	return connected.filter((_, index) => known[index] === false);
}
