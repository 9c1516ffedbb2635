import { openGuardWarning, requirePorts } from "@rivetkit/engine-config";
import { EngineError, type EngineHealth, requireKnownOptions } from "@rivetkit/engine-core";
import type { OomKills } from "@rivetkit/engine-inspect";
import { recordStart } from "@rivetkit/engine-instances";
import type { ResolvedBinary } from "@rivetkit/engine-resolver";
import type { EngineLaunch, EngineOutput, SpawnedEngine, SpawnRequest } from "@rivetkit/engine-spawn";
import { resolveBinary } from "../binary/resolve-binary.ts";
import type { EngineContext } from "../context.ts";
import { requireUsableDatabase } from "../database/require-usable-database.ts";
import type { FoundEngine } from "../endpoint/find-running.ts";
import { confirmConfiguration } from "./confirm-configuration.ts";
import { launchRequest } from "./launch-request.ts";
import { preflight } from "./preflight.ts";
import { recoverStart } from "./recover-start.ts";
import { waitUntilHealthy } from "./wait-until-healthy.ts";

/** The inputs of a start that are not configuration. */
export interface StartPlan {
	/** Facts that were found out while the engine to be replaced still ran. */
	readonly prepared?: PreparedStart | undefined;
	/** Set if a crashed engine is started again. */
	readonly crashRestart?: CrashRestart | undefined;
	/** Called with the function that signals the process, as soon as the process was made, before other code runs. */
	readonly onChild?: SpawnRequest["onChild"];
	/** Called with the process once it runs. From then on, the listener must end the engine. */
	readonly onSpawn?: ((spawned: SpawnedEngine) => void) | undefined;
	/** The streams of an engine in the foreground of this process. */
	readonly output?: EngineOutput | undefined;
}

/** The start of an engine that replaces a crashed engine. */
export interface CrashRestart {
	/** The time of the restart for the record, ISO 8601; undefined if the start does not count as a restart. */
	readonly at: string | undefined;
	/** Called as the last step before the spawn. An error that it throws ends the start. */
	readonly confirm: () => Promise<void>;
}

/** The binary, and the newest version that has used its database; null if none is known. */
export interface PreparedStart {
	readonly binary: ResolvedBinary;
	readonly lastDatabaseVersion: string | null;
}

/** An engine that was started here and is healthy, or the engine of another host that answers in its place. */
export type EngineLaunchResult =
	| ({ readonly kind: "launched" } & LaunchedEngine)
	| { readonly kind: "lost"; readonly faster: FoundEngine };

/** An engine that was started here and is healthy. */
export interface LaunchedEngine {
	readonly binary: ResolvedBinary;
	readonly spawned: SpawnedEngine;
	readonly health: EngineHealth;
}

const START_PLAN: Readonly<Record<keyof StartPlan, true>> = {
	prepared: true,
	crashRestart: true,
	onChild: true,
	onSpawn: true,
	output: true,
};

/**
 * Starts an engine at a free endpoint, and resolves when this engine, or that of a faster host, is healthy.
 *
 * @throws EngineError `invalid_option` for an unknown property of the plan; with any other code of
 * `EngineManagerErrorCode`; the signal's reason if aborted, after the engine was ended.
 */
export async function launchEngine(
	context: EngineContext,
	plan: StartPlan = {},
): Promise<EngineLaunchResult> {
	requireKnownOptions(plan, START_PLAN);
	const { prepared, crashRestart, onChild, onSpawn, output } = plan;
	const { configuration, stopwatch, emit, logger } = context;
	const ports = requirePorts(configuration);
	// Both take some time, and neither needs the other. If both fail, the error of the binary says more.
	const [resolved, checked] = await Promise.allSettled([
		prepared?.binary ?? resolveBinary(context),
		preflight(context, ports),
	]);
	if (resolved.status === "rejected") throw resolved.reason;
	if (checked.status === "rejected") throw checked.reason;
	const binary = resolved.value;
	const lastDatabaseVersion = prepared?.lastDatabaseVersion ?? (await requireUsableDatabase(context, binary));
	const launch = launchRequest(configuration, ports);
	// Counted no earlier: a kill during a long download would be taken for a kill of the engine.
	const [killsBefore] = await Promise.all([countOomKills(), confirmConfiguration(context, launch, binary)]);
	stopwatch.lap("prepareMs");
	await crashRestart?.confirm();
	context.signal?.throwIfAborted();
	const spawned = await spawn(context, launch, { binary, onChild, output });
	onSpawn?.(spawned);
	reportSpawned(context, { binary, spawned, isOrphan: onSpawn === undefined && output === undefined });
	stopwatch.lap("spawnMs");
	const record = await recordStart(context, {
		ports,
		binary,
		spawned,
		lastDatabaseVersion,
		crashRestart,
		isForeground: output !== undefined,
	});
	const { pid, logs } = spawned;
	try {
		if (crashRestart !== undefined && (await record.wasStopped())) {
			throw new EngineError("health_check_failed", "The restart was called off.");
		}
		emit({ kind: "spawned", pid, stdoutLog: logs.stdout, stderrLog: logs.stderr });
		const health = await waitUntilHealthy(context, ports, spawned);
		stopwatch.lap("readyMs");
		await record.complete(health);
		const { adminToken } = configuration;
		const warning = openGuardWarning({ host: ports.guard.host, hasToken: adminToken.value });
		if (warning !== undefined) logger.warn({ pid, endpoint: configuration.endpoint.value.url }, warning);
		return { kind: "launched", binary, spawned, health };
	} catch (error) {
		return {
			kind: "lost",
			faster: await recoverStart(context, ports, { error, spawned, record, killsBefore }),
		};
	}
}

/**
 * Counts the kills for lack of memory before the spawn, so that a later kill can be noticed. An engine is in the
 * cgroup of its host.
 */
async function countOomKills(): Promise<OomKills | undefined> {
	const { oomKills } = await import("@rivetkit/engine-inspect");
	return await oomKills("self");
}

async function spawn(
	context: EngineContext,
	launch: EngineLaunch,
	{ binary, onChild, output }: { readonly binary: ResolvedBinary } & Pick<StartPlan, "onChild" | "output">,
): Promise<SpawnedEngine> {
	const { configuration, logger } = context;
	const { logsFolder } = configuration.target.layout;
	const cwd = configuration.cwd.value;
	const { engineCommand, engineEnvironment, spawnEngine } = await import("@rivetkit/engine-spawn");
	const { removed, withheld } = engineEnvironment(launch, binary.version);
	if (removed.length > 0) {
		logger.warn(
			{ removed },
			"inherited variables would have moved the engine to another database and were left out",
		);
	}
	if (withheld.length > 0) logger.info({ withheld }, "inherited variables carry secrets and were left out");
	return await spawnEngine({ command: engineCommand(launch, binary), logsFolder, cwd, onChild, output });
}

function reportSpawned(
	{ configuration, logger }: EngineContext,
	start: { readonly binary: ResolvedBinary; readonly spawned: SpawnedEngine; readonly isOrphan: boolean },
): void {
	const { pid, logs } = start.spawned;
	const { endpoint } = configuration;
	logger.info(
		{ pid, path: start.binary.path, endpoint: endpoint.value.url, db_path: configuration.database.name },
		start.isOrphan
			? "spawned engine process (intentionally orphaned, will outlive this process)"
			: "spawned engine process (ends with this process)",
	);
	logger.info(
		{ stdout_log: logs.stdout, stderr_log: logs.stderr },
		"engine stdout/stderr piped to log files",
	);
}
