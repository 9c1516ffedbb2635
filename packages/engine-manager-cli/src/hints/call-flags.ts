/**
 * Flags for the options of single calls, defined by `withStopFlags` and by the commands with these flags. The flags for
 * the options of an engine are in engine-config's table.
 */
export const CALL_FLAGS: Readonly<Record<string, string>> = {
	force: "--force",
	graceMs: "--grace",
	online: "--online",
	keep: "--keep",
	keepLogs: "--keep-logs",
	dryRun: "--dry-run",
	keepOnFailure: "--keep-on-failure",
	component: "--component",
	platform: "--platform",
	arch: "--arch",
	destination: "--destination",
	sha256: "--sha256",
};

/** Flags for the parts of options that have a flag for each part. */
export const PART_FLAGS: Readonly<Record<string, string>> = {
	"storage.url": "--postgres-url-file",
	rootCertPath: "--postgres-root-cert",
	clientCertPath: "--postgres-client-cert",
	clientKeyPath: "--postgres-client-key",
	addresses: "--nats",
	"messaging.addresses": "--nats",
	"messaging.username": "--nats-username",
	"messaging.password": "--nats-password-file",
	"topology.datacenterLabel": "--datacenter-label",
	"topology.peerUrl": "--peer-url",
};

/** The command for each function of the libraries. */
export const COMMANDS: Readonly<Record<string, string>> = {
	startOrReuse: "start",
	runEngine: "run",
	startEphemeralEngine: "ephemeral",
	stopEngine: "stop",
	restartEngine: "restart",
	engineStatus: "status",
	waitUntilReady: "wait",
	listInstances: "list",
	engineLogs: "logs",
	connectionEnvironment: "env",
	diagnoseEngine: "doctor",
	pruneInstances: "prune",
	findEngineBinary: "resolve",
	engineInvocation: "exec",
	downloadEngineBinary: "download",
	listEngineBinaries: "binaries",
	pruneEngineBinaries: "binaries prune",
};
