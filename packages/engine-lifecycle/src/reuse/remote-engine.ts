import { waitForEngine } from "@rivetkit/engine-health";
import type { EngineContext } from "../context.ts";
import type { Engine } from "../engine.ts";

/**
 * The handle for an engine that somebody else looks after. No request is made unless `waitForRemote` asks
 * for it.
 *
 * @throws EngineError `health_check_failed`, `port_occupied` with `waitForRemote`.
 */
export async function remoteEngine(context: EngineContext): Promise<Engine> {
	const { endpoint, waitForRemote, startTimeoutMs } = context.configuration;
	const { signal } = context;
	const health = waitForRemote.value
		? await waitForEngine(endpoint.value, { timeoutMs: startTimeoutMs.value, signal })
		: undefined;
	return {
		endpoint: endpoint.value.url,
		startup: { kind: "remote", timings: context.stopwatch.timings() },
		health,
		exited: new Promise(() => {}),
		[Symbol.asyncDispose]: async () => {},
	};
}
