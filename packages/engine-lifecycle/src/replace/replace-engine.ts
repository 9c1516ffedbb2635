import type { Setting } from "@rivetkit/engine-config";
import { NEVER_DROPPED, unrecordedSettingsMissing, withSettings } from "@rivetkit/engine-config";
import { EngineError, extendedError, isEngineError } from "@rivetkit/engine-core";
import { sessionOfProcess } from "@rivetkit/engine-core/process";
import type { ConnectedProcess } from "@rivetkit/engine-inspect";
import type { ProvenProcess } from "@rivetkit/engine-instances";
import { answersAt, isAbandoned, notProvenError, type TargetEngine } from "@rivetkit/engine-instances";
import type { ResolvedBinary } from "@rivetkit/engine-resolver";
import { resolveBinary } from "../binary/resolve-binary.ts";
import type { EngineContext } from "../context.ts";
import { requireUsableDatabase } from "../database/require-usable-database.ts";
import type { Engine } from "../engine.ts";
import type { PreparedStart } from "../launch/launch-engine.ts";
import { startAlone } from "../launch/start-alone.ts";
import { endEngine } from "../stop/end-engine.ts";
import type { StopResult } from "../stop/stop-result.ts";
import { engineInUseError } from "./engine-in-use-error.ts";
import { requireServers } from "./reach-servers.ts";

/** An engine that may be replaced, and what will take its place. */
export interface Replacement {
	readonly context: EngineContext;
	readonly target: TargetEngine;
	readonly proven: ProvenProcess;
	readonly prepared: PreparedStart;
}

/** Which engine is to be replaced. */
export interface ReplacementRequest {
	/** Undefined if it has ended by now. */
	readonly proven: ProvenProcess | undefined;
	/** Its version, where it is known. */
	readonly running: string | undefined;
	/** Also one that we did not start, and one that others are connected to. */
	readonly force: boolean;
	/** Throws for a binary that shall not take its place. @defaultValue any may */
	readonly accept?: ((binary: ResolvedBinary) => void) | undefined;
}

/**
 * Finds what takes the engine's place, and checks all that can be checked while it still runs.
 *
 * @throws EngineError `not_ours` for an engine that we did not start, `engine_in_use`, `version_rollback`,
 * `version_upgrade`, `invalid_option` for settings that it would lose; as `resolveEnginePath`; what `accept` throws.
 */
export async function prepareReplacement(
	context: EngineContext,
	target: TargetEngine,
	{ proven, running, force, accept }: ReplacementRequest,
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
	accept?.(binary);
	const users = force ? [] : await strangersAt(target, proven);
	if (users.length > 0) throw engineInUseError(target.endpoint, users);
	const lastDatabaseVersion = await requireUsableDatabase(context, binary, running);
	return { context, target, proven, prepared: { binary, lastDatabaseVersion } };
}

/** Ends the engine and starts the other in its place. The caller has the start locks the whole time. */
export async function replaceEngine(
	{ context, target, proven, prepared }: Replacement,
	graceMs: number,
): Promise<{ readonly stopped: StopResult; readonly engine: Engine }> {
	context.emit({ kind: "replacing", pid: proven.identity.pid });
	const stopped = await endEngine(context, target, proven, { graceMs, ending: "restart" });
	return {
		stopped,
		engine: await startAlone(context, { prepared }).catch((error) => failedAfter(context, error, stopped)),
	};
}

/** Whoever reads the error must know that the engine which ran before does so no more. */
function failedAfter({ logger }: EngineContext, error: unknown, stopped: StopResult): never {
	if (stopped.kind !== "stopped") throw error;
	if (!isEngineError(error)) {
		// The reason of an abort is the caller's own, and is thrown as it is.
		logger.warn(
			{ pid: stopped.pid },
			"the engine that ran before was stopped, and no other runs in its place",
		);
		throw error;
	}
	const what = `The engine that ran before (pid ${stopped.pid}) was stopped, and no other runs in its place`;
	throw extendedError(error, { message: `${what}: ${error.message}`, metadata: { stopped } });
}

/** An engine without its token, or on another database, would be worse than none. Not even `force` brings that about. */
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

/** Whoever runs an engine in the foreground starts it again, and would find another in its place. */
async function requireBackground({ record }: ProvenProcess, endpoint: string): Promise<void> {
	if (record?.foreground !== true || (await isAbandoned(record))) return;
	const { pid } = record.identity;
	throw new EngineError(
		"not_ours",
		`The engine at '${endpoint}' (pid ${pid}) runs in the foreground of another program, and was left alone.`,
		{ metadata: { endpoint, pid, hint: "Restart it where it runs, such as with `systemctl restart`." } },
	);
}

/**
 * The context of an engine that takes another's place: where its address is not asked for otherwise, it is
 * that of the one before.
 */
export function atRecordedAddress(context: EngineContext, { record, endpoint }: TargetEngine): EngineContext {
	const { configuration } = context;
	if (record === undefined) return context;
	const { bindHost, bindPort, publicUrl } = configuration;
	const isMoved = bindPort.value === undefined && endpoint.port !== configuration.endpoint.value.port;
	if (!isMoved && !answersAt(record, configuration)) return context;
	return {
		...context,
		configuration: withSettings(configuration, {
			endpoint: { ...configuration.endpoint, value: endpoint },
			bindHost: filled(bindHost, record.bindHost),
			bindPort: filled(bindPort, record.ports.guard),
			publicUrl: filled(publicUrl, record.publicUrl ?? undefined),
		}),
	};
}

function filled<Value>(
	setting: Setting<Value | undefined>,
	recorded: Value | undefined,
): Setting<Value | undefined> {
	return { ...setting, value: setting.value ?? recorded };
}

/** Who is connected to an engine, but for this process and the engine's own. */
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
