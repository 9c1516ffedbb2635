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
 * Finds the binary that a start with these options would execute, and the reasons why the sources before it declined.
 * The binary is downloaded if no source has it and `autoDownload` is on. No request is sent to the endpoint.
 *
 * @throws EngineError as `resolveEnginePath` of `@rivetkit/engine-resolver` and `downloadEngineBinary`;
 * `invalid_option`, `invalid_endpoint`; the signal's reason if aborted.
 */
export async function findEngineBinary(
	options: TargetOptions & BinaryOptions & CallOptions,
): Promise<ResolvedBinary> {
	return await resolve(openBinary(options));
}

/**
 * Finds the binary that a start executes, and emits an event about it. The binary is downloaded if no source has it
 * and `autoDownload` is on.
 *
 * @throws EngineError like `findEngineBinary`.
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
