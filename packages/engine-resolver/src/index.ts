export type { ExecutableErrorCode } from "./executable/check-executable.ts";
export { explainSources, type SourcesExplained, type SourceVerdict } from "./explain-sources.ts";
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
export { checkNamedBinary } from "./sources/explicit-source.ts";
