import { describeExit, EngineError, type ExitStatus, pause } from "@rivetkit/engine-core";
import { probeDatabase, wantsToken } from "@rivetkit/engine-health";
import type { EngineContext } from "../context.ts";

/** Between two requests, in milliseconds. */
const GAP_MS = 50;

/**
 * Waits until the engine that answers at the endpoint can read its database: `/health` answers 200 also without a database.
 *
 * @throws EngineError `health_check_failed`, with `metadata.exit` if the engine ended; the signal's reason if aborted.
 */
export async function awaitDatabase(
	{ configuration, emit, signal }: EngineContext,
	{ exited, timeoutMs }: { readonly exited?: Promise<ExitStatus> | undefined; readonly timeoutMs: number },
): Promise<void> {
	const endpoint = configuration.endpoint.value;
	const deadline = performance.now() + timeoutMs;
	let exit: ExitStatus | undefined;
	void exited?.then((status) => {
		exit = status;
	});
	for (let attempts = 1, lastReason: string | undefined; ; attempts++) {
		const answer = await probeDatabase(endpoint, { token: configuration.secrets.adminToken, signal });
		if (answer.kind === "answers") return;
		if (exit !== undefined) {
			const message = `engine process exited before its database answered with status ${describeExit(exit)}`;
			throw new EngineError("health_check_failed", message, { metadata: { exit } });
		}
		const reason =
			answer.kind === "failing"
				? `its database does not answer: ${answer.reason}`
				: wantsToken(configuration.secrets.adminToken ?? endpoint.credentials?.token);
		if (performance.now() >= deadline || answer.kind === "unauthorized") {
			const message = `Engine health check failed after ${attempts} attempts: ${reason}`;
			const hint =
				answer.kind === "failing"
					? 'Look at the database that it uses and the end of its log, or do not wait for it with `ready: "health"`.'
					: "Give the engine's own token with `adminToken`.";
			const waited = answer.kind === "failing" ? { timeoutMs: configuration.startTimeoutMs.value } : {};
			throw new EngineError("health_check_failed", message, {
				metadata: { attempts, reason, ...waited, hint },
			});
		}
		if (reason !== lastReason) emit({ kind: "awaiting-database", reason });
		lastReason = reason;
		await pause(GAP_MS, { signal });
	}
}
