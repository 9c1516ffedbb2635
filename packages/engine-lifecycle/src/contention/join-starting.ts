import { type ExitStatus, extendedError, isEngineError, pause } from "@rivetkit/engine-core";
import { judgeProcess, type ProcessIdentity } from "@rivetkit/engine-core/process";
import { waitForEngine } from "@rivetkit/engine-health";
import { answersAt, livingRecord, readRecords } from "@rivetkit/engine-instances";
import type { EngineContext } from "../context.ts";
import { type FoundEngine, requireSupportedVersion } from "../endpoint/find-running.ts";
import { watchLeaderLease } from "../endpoint/watch-leader-lease.ts";

/** Between two checks that a starting engine still lives, in milliseconds. */
const LOOK_GAP_MS = 50;

/**
 * Waits for a recorded engine that was started on this storage and port and does not answer yet. The host that
 * started it need not be alive. Returns undefined if there is no such engine, or if the engine ends.
 *
 * @throws EngineError `health_check_failed` if the engine lives and does not become healthy in time;
 * `database_locked` if the engine waits for the leader lease that another living engine has; `port_occupied`,
 * `engine_unsupported` for another server or version that answers in its place; the signal's reason if aborted.
 */
export async function joinStartingEngine(context: EngineContext): Promise<FoundEngine | undefined> {
	const { configuration, emit } = context;
	const { startTimeoutMs } = configuration;
	const { endpoint, layout } = configuration.target;
	const record = await livingRecord(layout);
	if (record === undefined || !answersAt(record, configuration)) return undefined;
	const { identity, logs } = record;
	emit({ kind: "joining", pid: identity.pid });
	const done = new AbortController();
	using leaseWatch = watchLeaderLease(context, { pid: identity.pid, logs });
	try {
		const health = await waitForEngine(endpoint, {
			timeoutMs: startTimeoutMs.value,
			exited: endOf(identity, done.signal),
			// An engine that was healthy is known to have its guard at this port.
			accept: record.version === null ? undefined : () => true,
			signal: leaseWatch.signal,
		});
		return {
			health: requireSupportedVersion(health, endpoint.url),
			records: await readRecords(layout),
		};
	} catch (error) {
		if (!isEngineError(error, "health_check_failed")) throw error;
		if (error.metadata["exit"] !== undefined) return undefined;
		throw extendedError(error, {
			metadata: {
				pid: identity.pid,
				logs,
				hint: `The engine that was started at ${record.startedAt} lives (pid ${identity.pid}) but does not answer. See '${logs.stdout}', or stop it (\`stopEngine\` with the same options).`,
			},
		});
	} finally {
		done.abort();
	}
}

async function endOf(identity: ProcessIdentity, done: AbortSignal): Promise<ExitStatus> {
	while (!done.aborted && (await judgeProcess(identity)) === "alive") {
		await pause(LOOK_GAP_MS, { signal: done }).catch(() => {});
	}
	return { kind: "unknown" };
}
