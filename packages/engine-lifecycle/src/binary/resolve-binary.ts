import type { BinaryOptions, TargetOptions } from "@rivetkit/engine-config";
import type { ResolvedBinary } from "@rivetkit/engine-resolver";
import {
	type BinaryTarget,
	type CallContext,
	type CallOptions,
	type EngineContext,
	openBinary,
} from "../context.ts";
import { binaryFetcher } from "./fetch-binary.ts";
import { resolverConfiguration } from "./resolver-request.ts";

/**
 * Finds the binary that a start with these options would execute, fetched if need be and allowed, and why each source
 * before declined. Does not ask whether an engine runs.
 *
 * @throws EngineError as `resolveEnginePath`; `invalid_option`, `invalid_endpoint`.
 */
export async function findEngineBinary(
	options: TargetOptions & BinaryOptions & CallOptions,
): Promise<ResolvedBinary> {
	return await resolve(openBinary(options));
}

/**
 * Finds the binary that a start executes, fetched if need be and allowed, and tells of it.
 *
 * @throws EngineError as `resolveEnginePath`.
 */
export async function resolveBinary(context: EngineContext): Promise<ResolvedBinary> {
	const { configuration, emit } = context;
	emit({ kind: "resolving", version: configuration.version.value });
	const binary = await resolve(context);
	emit({ kind: "resolved", path: binary.path, source: binary.source, version: binary.version });
	return binary;
}

async function resolve(context: CallContext<BinaryTarget>): Promise<ResolvedBinary> {
	const { configuration, logger, signal, emit } = context;
	const { resolveEnginePath } = await import("@rivetkit/engine-resolver");
	return await resolveEnginePath(resolverConfiguration(configuration), {
		logger,
		signal,
		fetch: binaryFetcher(context),
		onWait: (waiting) => emit({ kind: "settling", ...waiting }),
	});
}
