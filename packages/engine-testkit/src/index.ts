export {
	type CertificateFixture,
	expiredCertificate,
	otherNameCertificate,
	selfSigned,
} from "./certificates.ts";
export { type ClusterPart, type ClusterParts, clusterParts, lacksClusterParts } from "./cluster-parts.ts";
export { expectEngineError } from "./expect-engine-error.ts";
export {
	createFakeEngine,
	type FakeEngine,
	type FakeEngineBehaviour,
	type FakeEngineReport,
} from "./fake-engine.ts";
export { freePortTriple } from "./free-port-triple.ts";
export {
	serveClosing,
	serveDrip,
	serveEndless,
	serveGarbage,
	serveHalfHeaders,
	serveHtml,
	serveRuntime,
	serveSilent,
	serveStatus,
} from "./misbehaving-servers.ts";
export { startWriters, type Writers, type WritersOptions } from "./namespace-load.ts";
export { type NatsOptions, type NatsServer, startNats } from "./nats-server.ts";
export { type PostgresServer, startPostgres } from "./postgres-server.ts";
export { processGone } from "./process-gone.ts";
export { writeProgramWithoutLoader } from "./program-without-loader.ts";
export { type ProxyOptions, type ProxyServer, serveProxy } from "./proxy-server.ts";
export { readNamespaces } from "./read-namespaces.ts";
export { olderEnginePath, olderEngineVersion, realEnginePath, realEngineVersion } from "./real-engine.ts";
export { type RecordedEntry, type RecordingLogger, recordingLogger } from "./recording-logger.ts";
export type {
	ContentFault,
	Fault,
	FaultRule,
	OtherAnswerFault,
	RangeFault,
	TransferFault,
	ValidatorFault,
} from "./release-fault.ts";
export { type ReleaseFile, type ReleaseFilesOptions, releaseFiles } from "./release-files.ts";
export { type ReleaseOptions, type ReleaseServer, serveRelease } from "./release-server.ts";
export { type RunningScript, type RunScriptOptions, runScript, type ScriptExit } from "./run-script.ts";
export type { ServerProcess } from "./server-process.ts";
export type { AcknowledgedWrite, WritersSummary } from "./summarize-writes.ts";
export {
	type TemporaryFolder,
	type TemporaryStorageRoot,
	temporaryFolder,
	temporaryStorageRoot,
} from "./temporary-folder.ts";
export {
	type RecordedRequest,
	type ServeOptions,
	serveRequests,
	serveSockets,
	type TestServer,
} from "./test-server.ts";
export { runUpstreamHost, type UpstreamHostPlace } from "./upstream-host.ts";
