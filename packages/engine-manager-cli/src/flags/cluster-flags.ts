import { readFileSync } from "node:fs";
import type { EngineOptions } from "@rivetkit/engine-manager";
import { EngineError } from "@rivetkit/engine-manager";
import { type Command, InvalidArgumentError, Option } from "commander";
import { wholeNumber } from "./numbers.ts";

/** The values of the flags for PostgreSQL, NATS, and who may use an engine. */
export interface ClusterFlags {
	readonly postgresUrl?: string;
	/** What the file says. */
	readonly postgresUrlFile?: string;
	readonly postgresRootCert?: string;
	readonly postgresClientCert?: string;
	readonly postgresClientKey?: string;
	readonly nats?: readonly string[];
	readonly natsUsername?: string;
	/** What the file says. */
	readonly natsPasswordFile?: string;
	readonly datacenterLabel?: number;
	readonly peerUrl?: string;
	/** What the file says. */
	readonly adminTokenFile?: string;
	readonly ready?: EngineOptions["ready"];
	readonly unsafelyExposeUnauthenticatedPorts?: boolean;
}

/** Flags that say which servers an engine uses, and who may use it. */
export function withClusterFlags(command: Command): Command {
	return withTokenFlag(command)
		.option(
			"--postgres-url <url>",
			"keep its data in PostgreSQL; with a password only in RIVETKIT_ENGINE_POSTGRES_URL, or a file",
		)
		.option(
			"--postgres-url-file <file>",
			"the same, from a file (RIVETKIT_ENGINE_POSTGRES_URL_FILE)",
			secretIn,
		)
		.option("--postgres-root-cert <file>", "who vouches for PostgreSQL (RIVETKIT_ENGINE_POSTGRES_ROOT_CERT)")
		.option("--postgres-client-cert <file>", "its certificate (RIVETKIT_ENGINE_POSTGRES_CLIENT_CERT)")
		.option("--postgres-client-key <file>", "and the key of that (RIVETKIT_ENGINE_POSTGRES_CLIENT_KEY)")
		.option(
			"--nats <host:port>",
			"share PostgreSQL with other engines by this server; repeatable (RIVETKIT_ENGINE_NATS_ADDRESSES)",
			(value: string, previous: readonly string[] | undefined) => [...(previous ?? []), value],
		)
		.option("--nats-username <name>", "(RIVETKIT_ENGINE_NATS_USERNAME)")
		.option("--nats-password-file <file>", "(RIVETKIT_ENGINE_NATS_PASSWORD, _FILE)", secretIn)
		.option("--datacenter-label <number>", "(RIVETKIT_ENGINE_DATACENTER_LABEL)", wholeNumber)
		.option(
			"--peer-url <url>",
			"where engines of other datacenters reach its api-peer port (RIVETKIT_ENGINE_PEER_URL)",
		)
		.addOption(
			new Option("--ready <when>", "when it answers, or when its database does as well").choices([
				"health",
				"database",
			]),
		)
		.option(
			"--unsafely-expose-unauthenticated-ports",
			"let --peer-host and --metrics-host be addresses that other machines reach",
		);
}

/** The flag for the token that an engine wants. */
export function withTokenFlag(command: Command): Command {
	return command.option(
		"--admin-token-file <file>",
		"the engine's admin token (RIVETKIT_ENGINE_ADMIN_TOKEN, _FILE)",
		secretIn,
	);
}

/** The facade's options for these flags. What they leave out comes from the variables, and what is missing then is refused there. */
export function clusterOptions(flags: ClusterFlags): EngineOptions {
	const { datacenterLabel, peerUrl, ready, unsafelyExposeUnauthenticatedPorts } = flags;
	return {
		storage: storageOf(flags),
		messaging: messagingOf(flags),
		topology:
			datacenterLabel === undefined && peerUrl === undefined ? undefined : { datacenterLabel, peerUrl },
		adminToken: flags.adminTokenFile,
		ready,
		unsafelyExposeUnauthenticatedPorts,
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

/** Whoever lists the processes of a machine sees their arguments. */
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

function secretIn(file: string): string {
	let text: string;
	try {
		text = readFileSync(file, "utf8").replace(/\r?\n$/, "");
	} catch (error) {
		throw new InvalidArgumentError(`The file cannot be read: ${(error as Error).message}.`);
	}
	if (text === "") throw new InvalidArgumentError("The file is empty.");
	return text;
}
