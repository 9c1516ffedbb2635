import { EngineError, type EngineOptions } from "@rivetkit/engine-manager";

/** Values of the flags for options that have several flags: `storage`, `messaging` and `topology`. */
export interface ClusterFlags {
	readonly postgresUrl?: string;
	/** The content of the file. */
	readonly postgresUrlFile?: string;
	readonly postgresRootCert?: string;
	readonly postgresClientCert?: string;
	readonly postgresClientKey?: string;
	readonly nats?: readonly string[];
	readonly natsUsername?: string;
	/** The content of the file. */
	readonly natsPasswordFile?: string;
	readonly datacenterLabel?: number;
	readonly peerUrl?: string;
}

/**
 * Reads the options that have several flags. The libraries complete these options from environment variables, and refuse
 * an option that stays incomplete.
 */
export function clusterOptions(
	flags: ClusterFlags,
): Pick<EngineOptions, "storage" | "messaging" | "topology"> {
	const { datacenterLabel, peerUrl } = flags;
	const hasTopology = datacenterLabel !== undefined || peerUrl !== undefined;
	return {
		storage: storageOf(flags),
		messaging: messagingOf(flags),
		topology: hasTopology ? { datacenterLabel, peerUrl } : undefined,
	};
}

function storageOf(flags: ClusterFlags): EngineOptions["storage"] {
	const { postgresUrl, postgresUrlFile } = flags;
	if (postgresUrl !== undefined) requireNoPassword(postgresUrl);
	if (postgresUrl !== undefined && postgresUrlFile !== undefined) {
		throw new EngineError("invalid_option", "Give --postgres-url or --postgres-url-file, not both.");
	}
	const url = postgresUrlFile ?? postgresUrl;
	const { postgresRootCert: rootCertPath, postgresClientCert: clientCertPath } = flags;
	const ssl = { rootCertPath, clientCertPath, clientKeyPath: flags.postgresClientKey };
	const isGiven = [url, ...Object.values(ssl)].some((value) => value !== undefined);
	return isGiven ? { kind: "postgres", url, ssl } : undefined;
}

function messagingOf({
	nats: addresses,
	natsUsername: username,
	natsPasswordFile: password,
}: ClusterFlags): EngineOptions["messaging"] {
	const isGiven = [addresses, username, password].some((value) => value !== undefined);
	return isGiven ? { kind: "nats", addresses, username, password } : undefined;
}

/** Refuses a URL with a password, because every user of the machine can see arguments in the list of processes. */
function requireNoPassword(url: string): void {
	const parameters = new URLSearchParams(url.slice(url.indexOf("?") + 1));
	const hasParameter = [...parameters.keys()].some((name) => /^(?:ssl)?password$/i.test(name));
	if (!hasParameter && !/^[^/]*:\/\/[^/?#]*:[^/?#]*@/.test(url)) return;
	throw new EngineError(
		"invalid_option",
		"The URL of --postgres-url has a password in it, which others can see in the list of processes.",
		{ metadata: { hint: "Give it in RIVETKIT_ENGINE_POSTGRES_URL, or in a file with --postgres-url-file." } },
	);
}
