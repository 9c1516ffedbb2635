export type { ExecutableErrorCode } from "./executable/check-executable.ts";
export {
	type ExplainSourcesOptions,
	explainSources,
	type SourcesExplained,
	type SourceVerdict,
} from "./explain-sources.ts";
export {
	checkNamedBinary,
	type EngineResolverErrorCode,
	type ProbeExisting,
	type ResolvedBinary,
	type ResolvedEngine,
	type ResolveOptions,
	resolveEngine,
	resolveEnginePath,
} from "./resolve.ts";
export type { EngineResolverConfiguration } from "./resolver-settings.ts";
export type {
	DeclinedSource,
	EngineBinary,
	EngineSourceName,
	FetchBinary,
	FileWait,
} from "./source.ts";
