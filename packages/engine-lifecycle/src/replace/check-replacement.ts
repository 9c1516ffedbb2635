import { NEVER_DROPPED, unrecordedSettingsMissing } from "@rivetkit/engine-config";
import { EngineError } from "@rivetkit/engine-core";
import { sessionOfProcess } from "@rivetkit/engine-core/process";
import type { ConnectedProcess } from "@rivetkit/engine-inspect";
import {
	isAbandoned,
	notProvenError,
	type ProvenProcess,
	type TargetEngine,
} from "@rivetkit/engine-instances";
import type { ResolvedBinary } from "@rivetkit/engine-resolver";
import { resolveBinary } from "../binary/resolve-binary.ts";
import type { EngineContext } from "../context.ts";
import { requireUsableDatabase } from "../database/require-usable-database.ts";
import type { PreparedStart } from "../launch/launch-engine.ts";
import { engineInUseError } from "./engine-in-use-error.ts";
import { requireServers } from "./require-servers.ts";

/** An engine that may be replaced, and the start that will take its place. */
export interface Replacement {
	readonly context: EngineContext;
	readonly target: TargetEngine;
	readonly proven: ProvenProcess;
	readonly prepared: PreparedStart;
}

/** The engine that is to be replaced, and the conditions for it. */
export interface ReplacementRequest {
	/** The process of the engine; undefined if it has ended by now. */
	readonly proven: ProvenProcess | undefined;
	/** The version of the running engine, if it is known. */
	readonly running: string | undefined;
	/** True to replace also an engine that we did not start, or that other programs are connected to. */
	readonly force: boolean;
	/** Throws if this binary may not replace the running engine. @defaultValue any binary may */
	readonly requireBinary?: ((binary: ResolvedBinary) => Promise<void>) | undefined;
}

/**
 * Finds the binary that takes the engine's place, and checks all that can be checked while the engine still runs.
 *
 * @throws EngineError `not_ours` for an engine that has ended, that we did not start, or that runs in the foreground of
 * another program; `settings_missing`, `storage_unavailable`, `messaging_unavailable`, `engine_in_use`, `version_rollback`,
 * `version_upgrade`; as `findEngineBinary`; the errors of `requireBinary`.
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
			hint: "Restart it where it was started, or replace it all the same: `restartEngine` with `force: true`.",
		});
	}
	if (!force) await requireBackground(proven, target.endpoint.url);
	requireSettings(context, proven, force);
	await requireServers(context.configuration);
	const binary = await resolveBinary(context);
	await requireBinary?.(binary);
	const users = force ? [] : await strangersAt(target, proven);
	if (users.length > 0) throw engineInUseError(target.endpoint, users);
	const lastDatabaseVersion = await requireUsableDatabase(context, binary, running);
	return { context, target, proven, prepared: { binary, lastDatabaseVersion } };
}

/**
 * Checks that no setting is lost. An engine without its token, or on another database, would be worse than no engine,
 * so `force` does not allow that either.
 */
function requireSettings({ configuration }: EngineContext, { record }: ProvenProcess, force: boolean): void {
	const missing = unrecordedSettingsMissing(configuration, record).filter(
		(name) => !force || NEVER_DROPPED.includes(name),
	);
	if (missing.length === 0) return;
	const hint = missing.some((name) => NEVER_DROPPED.includes(name))
		? "Restart it with the options or variables that it was started with; or stop it, and start another without them."
		: "Restart it from the program that started it, with the same options, or without them: `restartEngine` with `force: true`.";
	throw new EngineError(
		"settings_missing",
		`The engine was started with ${missing.join(", ")}, which this restart does not give.`,
		{ metadata: { missing, hint } },
	);
}

/**
 * Checks that the engine does not run in the foreground of another program, which would start it again and find another
 * engine in its place.
 */
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
