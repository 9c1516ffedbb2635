export type { ExecutableErrorCode } from "./check-executable.ts";
export { explainSources, type SourcesExplained, type SourceVerdict } from "./explain-sources.ts";
export { checkNamedBinary } from "./explicit-source.ts";
export {
	type EngineResolverErrorCode,
	type ProbeExisting,
	type ResolvedBinary,
	type ResolvedEngine,
	type ResolveOptions,
	resolveEngine,
	resolveEnginePath,
} from "./resolve.ts";
export type {
	DeclinedSource,
	EngineBinary,
	EngineResolverConfiguration,
	EngineSourceName,
	FetchBinary,
	FileWait,
} from "./source.ts";
