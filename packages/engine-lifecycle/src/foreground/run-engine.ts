import type { EngineOptions } from "@rivetkit/engine-config";
import { duration, invalidOptionError, withSettings } from "@rivetkit/engine-config";
import { EngineError, type EngineHealth, type EngineLogs, type ExitStatus } from "@rivetkit/engine-core";
import { isAbandoned } from "@rivetkit/engine-instances";
import type { EngineOutput, SpawnedEngine } from "@rivetkit/engine-spawn";
import { underStartLocks } from "../contention/start-locks.ts";
import { type CallOptions, type EngineContext, type OwnChecks, openContext } from "../context.ts";
import { type FoundEngine, findRunningEngine } from "../endpoint/find-running.ts";
import { type LaunchedEngine, launchEngine, type StartPlan } from "../launch/launch-engine.ts";
import { requireStartable, spawnForbiddenError } from "../launch/require-startable.ts";
import { findStarted } from "../launch/start-alone.ts";
import { endAbandoned } from "./end-abandoned.ts";
import { foregroundSignals } from "./pass-on-signals.ts";
import { releasableOutput } from "./releasable-output.ts";
import { shutdownVariables } from "./shutdown-variables.ts";

/** Options of an engine in the foreground. */
export interface RunOptions extends Omit<EngineOptions, "onCrash" | "onVersionMismatch"> {
	/** The streams that get everything that the engine writes. The engine's log files keep only the end of that output. */
	readonly output: EngineOutput;
	/** How long the engine may take to end by itself before it is killed, in milliseconds. @defaultValue 25000 */
	readonly graceMs?: number | undefined;
}

/** An engine that ends with this process. */
export interface ForegroundEngine {
	readonly endpoint: string;
	readonly pid: number;
	readonly health: EngineHealth;
	readonly logs: EngineLogs;
	/** Resolves when the engine has ended and all of its output was passed on. */
	readonly exited: Promise<ExitStatus>;
	/**
	 * Passes a signal on. SIGTERM, SIGINT and SIGHUP ask the engine to end, and after `graceMs` it is killed. Instead of
	 * SIGHUP, which it does not handle, the engine gets SIGTERM.
	 */
	signal(name: NodeJS.Signals): void;
}

/**
 * Starts an engine in the foreground of this process, for systemd and containers, and resolves when it is ready. After a
 * crash, the service manager starts the program again. systemd and containers end every process of a service. If only
 * this process is killed, the engine goes on, and its output is lost, until the next such start or `stopEngine` ends it.
 *
 * @throws EngineError `already_running` if an engine answers at the endpoint; as `startOrReuse`; the signal's reason if
 * aborted, after the engine was ended.
 */
export async function runEngine(options: RunOptions & CallOptions): Promise<ForegroundEngine> {
	const opened = openContext(options, OWN_CHECKS);
	requireForeground(options);
	const { output, graceMs = DEFAULT_GRACE_MS } = options;
	requireOutput(output);
	const context = withinGrace(opened, graceMs);
	await requireHere(context);
	const passing = releasableOutput(output);
	const onSpawn = ({ exited }: SpawnedEngine): void => {
		void exited.then(passing.release);
	};
	const { spawned, health } = await launchAlone(context, { output: passing.output, onSpawn }, graceMs);
	const ended = spawned.exited.then(async (status) => {
		await spawned.outputEnded;
		await passing.end();
		return status;
	});
	return {
		endpoint: context.configuration.endpoint.value.url,
		pid: spawned.pid,
		health,
		logs: spawned.logs,
		exited: ended,
		signal: foregroundSignals(context, spawned, { graceMs, onEnding: passing.release }),
	};
}

function requireOutput(output: unknown): void {
	if (output === undefined) throw invalidOptionError("output", output, OUTPUT);
}

const OUTPUT = "{ stdout, stderr }, two streams to write to";

function outputCheck(value: unknown): string | undefined {
	const { stdout, stderr } = Object(value) as Partial<EngineOutput>;
	return [stdout, stderr].every((stream) => typeof stream?.write === "function") ? undefined : OUTPUT;
}

const OWN_CHECKS: OwnChecks<Pick<RunOptions, "output" | "graceMs">> = {
	output: outputCheck,
	graceMs: duration,
};

/** Less than the 30 s that Kubernetes gives a container. */
const DEFAULT_GRACE_MS = 25_000;

function requireForeground(options: EngineOptions): void {
	const unfit = (["onCrash", "onVersionMismatch"] as const).find((name) => options[name] !== undefined);
	if (unfit === undefined) return;
	throw invalidOptionError(
		unfit,
		undefined,
		"left out: an engine in the foreground is not reused, and is started again by the program that runs it",
	);
}

/** Adds the variables that limit the engine's shutdown: with its defaults, it would wait for its clients for minutes. */
function withinGrace(context: EngineContext, graceMs: number): EngineContext {
	const { configuration } = context;
	const { env } = configuration;
	const value = { ...shutdownVariables(graceMs), ...env.value };
	return { ...context, configuration: withSettings(configuration, { env: { ...env, value } }) };
}

async function requireHere(context: EngineContext): Promise<void> {
	const managedBy = await requireStartable(context);
	if (managedBy.kind === "remote") {
		const endpoint = context.configuration.endpoint.value.url;
		throw new EngineError(
			"invalid_option",
			`The endpoint '${endpoint}' is not known to be on this machine.`,
			{
				metadata: {
					option: "endpoint",
					hint: "Say which address of this machine is to be bound with `bindHost`, such as 0.0.0.0.",
				},
			},
		);
	}
	if (!managedBy.maySpawn) throw spawnForbiddenError(context);
}

async function launchAlone(
	context: EngineContext,
	plan: StartPlan,
	graceMs: number,
): Promise<LaunchedEngine> {
	const refuse = async (): Promise<never> => {
		throw alreadyRunningError(context);
	};
	const refuseUnlessAbandoned = async ({ records: { recorded } }: FoundEngine): Promise<void> => {
		if (recorded.kind !== "present" || !(await isAbandoned(recorded.record))) await refuse();
	};
	const running = await findRunningEngine(context, { bindTest: false });
	if (running !== undefined) await refuseUnlessAbandoned(running);
	return await underStartLocks(context, {
		start: async () => {
			await endAbandoned(context, graceMs);
			if ((await findStarted(context)) !== undefined) return await refuse();
			const launch = await launchEngine(context, plan);
			return launch.kind === "launched" ? launch : await refuse();
		},
		// Do not reuse an abandoned engine while waiting: it is ended once this process holds the locks.
		reuse: running === undefined ? refuse : undefined,
	});
}

function alreadyRunningError({ configuration }: EngineContext): EngineError<"already_running"> {
	const endpoint = configuration.endpoint.value.url;
	return new EngineError("already_running", `An engine runs at '${endpoint}' already.`, {
		metadata: {
			endpoint,
			hint: "Stop it (`stopEngine` with the same options), or choose another port with `bindPort` and another instance with `instancePath`.",
		},
	});
}
