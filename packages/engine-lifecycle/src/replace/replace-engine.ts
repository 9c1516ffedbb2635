import { type Setting, withSettings } from "@rivetkit/engine-config";
import { extendedError, isEngineError } from "@rivetkit/engine-core";
import { answersAt, type TargetEngine } from "@rivetkit/engine-instances";
import type { EngineContext } from "../context.ts";
import type { Engine } from "../engine.ts";
import { startAlone } from "../launch/start-alone.ts";
import { endEngine } from "../stop/end-engine.ts";
import type { StopResult } from "../stop/stop-result.ts";
import type { Replacement } from "./check-replacement.ts";

/** Ends an engine and starts another in its place. The caller has the start locks the whole time. */
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

/** Throws the error of a failed start, and adds to the error, or logs, that the previous engine was stopped. */
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

/**
 * Makes the context for an engine that replaces another engine: unless the options name an address, the new engine
 * gets the address of the previous engine.
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
