import type { EngineContext } from "../context.ts";
import type { Engine } from "../engine.ts";

/** Makes the handle for an engine that is managed elsewhere, without a request. `waitUntilReady` waits for it. */
export function remoteEngine({ configuration, stopwatch }: EngineContext): Engine {
	return {
		endpoint: configuration.endpoint.value.url,
		startup: { kind: "remote", timings: stopwatch.timings() },
		health: undefined,
		exited: new Promise(() => {}),
		[Symbol.asyncDispose]: async () => {},
	};
}
