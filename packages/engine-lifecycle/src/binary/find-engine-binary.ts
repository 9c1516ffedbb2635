import type { BinaryOptions, TargetOptions } from "@rivetkit/engine-config";
import type { ResolvedBinary } from "@rivetkit/engine-resolver";
import { type CallOptions, openBinary } from "../context.ts";
import { binaryFetcher } from "./fetch-binary.ts";
import { resolverConfiguration } from "./resolver-request.ts";

/**
 * The binary that a start with these options would execute, fetched if need be and allowed, and why each source
 * before it declined.
 * Whether an engine runs is not asked.
 *
 * @throws EngineError as `resolveEnginePath`; `invalid_option`, `invalid_endpoint`.
 */
export async function findEngineBinary(
	options: TargetOptions & BinaryOptions & CallOptions,
): Promise<ResolvedBinary> {
	const context = openBinary(options);
	const { configuration, logger, signal, emit } = context;
	const { resolveEnginePath } = await import("@rivetkit/engine-resolver");
	return await resolveEnginePath(resolverConfiguration(configuration), {
		logger,
		signal,
		fetch: binaryFetcher(context),
		onWait: (waiting) => emit({ kind: "settling", ...waiting }),
	});
}
