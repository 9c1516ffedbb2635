import { NEVER_DROPPED, unrecordedSettingsMissing } from "@rivetkit/engine-config";
import { describeExit, type ExitStatus } from "@rivetkit/engine-core";
import type { EngineContext } from "../context.ts";
import type { Engine, EngineStartup } from "../engine.ts";
import { type EngineEnd, judgeEnd, type WatchedEnd } from "./judge-end.ts";
import { restartAfterCrash, type StartAgain } from "./restart-after-crash.ts";
import type { SupervisionClock } from "./supervision-clock.ts";
import { watchEnd } from "./watch-end.ts";

/**
 * Makes a handle that watches its engine: a crash is reported, and the engine is started again if the options ask for
 * that. Disposing the handle ends the watching, and leaves the engine running.
 *
 * @param startAgain - Brings up an engine under the start locks, or reuses an engine that another program has brought
 * up.
 */
export function superviseEngine(
	context: EngineContext,
	first: Engine,
	startAgain: StartAgain,
	clock: SupervisionClock,
): Engine {
	const { endpoint, startup, health } = first;
	if (startup.kind === "remote") return first;
	const restarts = mayRestart(context);
	const disposed = new AbortController();
	let current = first;
	const follow = async (): Promise<ExitStatus> => {
		for (;;) {
			const end = await watchEnd(current);
			const { status } = end;
			if (!restarts) {
				reportEnd(context, current.startup, end).catch(() => {});
				return status;
			}
			const next = await answerEnd(current.startup, end);
			if (disposed.signal.aborted) {
				await next?.[Symbol.asyncDispose]();
				return await new Promise(() => {});
			}
			if (next === undefined) return status;
			current = next;
		}
	};
	const answerEnd = async (ended: EngineStartup, watched: WatchedEnd): Promise<Engine | undefined> => {
		const end = await reportEnd(context, ended, watched);
		if (end.kind === "stopped") return undefined;
		const reason = end.kind === "crashed" ? whyLeftAlone(context, ended) : undefined;
		if (reason !== undefined) {
			reportLeftAlone(context, ended, reason);
			return undefined;
		}
		return await restartAfterCrash({ ...context, signal: disposed.signal }, end, startAgain, clock);
	};
	let exited: Promise<ExitStatus> | undefined;
	const watch = (): Promise<ExitStatus> => {
		exited ??= follow().catch((error: unknown) => {
			context.logger.error({ error }, "the engine is not watched any more");
			return { kind: "unknown" } as const;
		});
		return exited;
	};
	if (restarts || startup.kind === "spawned") void watch();
	return {
		endpoint,
		startup,
		health,
		get exited() {
			return watch();
		},
		[Symbol.asyncDispose]: async () => {
			disposed.abort();
			await current[Symbol.asyncDispose]();
		},
	};
}

function mayRestart({ configuration }: EngineContext): boolean {
	const { onCrash, target } = configuration;
	const { managedBy } = target;
	return onCrash.value === "restart" && managedBy.kind === "managed" && managedBy.maySpawn;
}

/** Returns true if our record of the engine's start exists: without it, a crash looks the same as a stop. */
function isStartedByUs(startup: EngineStartup): boolean {
	return startup.kind === "spawned" || (startup.kind === "reused" && startup.record !== undefined);
}

/** Returns why a crashed engine is left to another program; undefined if it may be started again here. */
function whyLeftAlone({ configuration }: EngineContext, startup: EngineStartup): string | undefined {
	if (!isStartedByUs(startup)) return "it was started by another program";
	if (startup.kind !== "reused") return undefined;
	// The service manager of the other program starts the engine again, and would find ours in its place.
	if (startup.record?.foreground === true) return "it ran in the foreground of another program";
	// Without these settings the engine would be on another database, or would accept requests without a token.
	const missing = unrecordedSettingsMissing(configuration, startup.record).filter((name) =>
		NEVER_DROPPED.includes(name),
	);
	return missing.length === 0
		? undefined
		: `it was started with ${missing.join(", ")}, which this host does not give`;
}

async function reportEnd(
	context: EngineContext,
	startup: EngineStartup,
	watched: WatchedEnd,
): Promise<EngineEnd> {
	const end = await judgeEnd(context, startup, watched);
	const { kind, pid, logTail, reason, hint } = end;
	const { status } = watched;
	if (kind === "crashed" && isStartedByUs(startup))
		context.emit({ kind, pid, status, logTail, reason, hint });
	context.logger.debug({ pid, status: describeExit(status), kind, reason }, "judged the end of the engine");
	return end;
}

function reportLeftAlone(
	{ logger, configuration }: EngineContext,
	startup: EngineStartup,
	reason: string,
): void {
	logger.warn(
		{ endpoint: configuration.endpoint.value.url, startup: startup.kind },
		`the engine has ended and is not started again, since ${reason}`,
	);
}
