import type { ResolvedBinary } from "@rivetkit/engine-resolver";
import type { EngineContext } from "../context.ts";
import { binaryFetcher } from "./fetch-binary.ts";
import { resolverConfiguration } from "./resolver-request.ts";

/**
 * Finds the binary that a start executes, fetched if need be and allowed.
 *
 * @throws EngineError as `resolveEnginePath`.
 */
export async function resolveBinary(context: EngineContext): Promise<ResolvedBinary> {
	const { configuration, logger, signal, emit } = context;
	emit({ kind: "resolving", version: configuration.version.value });
	const { resolveEnginePath } = await import("@rivetkit/engine-resolver");
	const binary = await resolveEnginePath(resolverConfiguration(configuration), {
		logger,
		signal,
		fetch: binaryFetcher(context),
		onWait: (waiting) => emit({ kind: "settling", ...waiting }),
	});
	emit({ kind: "resolved", path: binary.path, source: binary.source, version: binary.version });
	return binary;
}
