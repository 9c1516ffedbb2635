/**
 * Flags for the options of single calls. The options of an engine have theirs in the table of engine-config; the
 * flags below are defined by `withStopFlags` and by the commands that take them.
 */
export const CALL_FLAGS: Readonly<Record<string, string>> = {
	force: "--force",
	graceMs: "--grace",
	timeoutMs: "--timeout",
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
