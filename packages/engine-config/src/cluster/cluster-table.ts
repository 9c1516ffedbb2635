import { oneOf } from "../checks.ts";
import type { OptionTable } from "../option-row.ts";
import type { ClusterOptions, Readiness } from "./cluster-options.ts";
import { TOPOLOGY_VARIABLES, tokenCheck, topologyCheck } from "./read-access.ts";
import { MESSAGING_VARIABLES, messagingCheck } from "./read-messaging.ts";
import { STORAGE_VARIABLES, storageCheck } from "./read-storage.ts";
import { SECRET_VARIABLES } from "./secret-variables.ts";

const READINESS: readonly Readiness[] = ["health", "database"];

/** The cluster options that `readGroup` can read. The other options have several parts, or may come from files. */
export type SimpleClusterOptions = Omit<ClusterOptions, "storage" | "messaging" | "topology" | "adminToken">;

/** The rows of {@link SimpleClusterOptions}. */
export const SIMPLE_CLUSTER_TABLE: OptionTable<SimpleClusterOptions> = {
	ready: {
		check: oneOf(...READINESS),
		fallback: ({ usesPostgres }) => (usesPostgres ? "database" : "health"),
		flags: [
			{
				flag: "--ready <when>",
				help: "when the engine counts as ready: if it answers, or if its database answers, too; default health, with PostgreSQL database",
				set: "cluster",
				choices: READINESS,
			},
		],
	},
};

/**
 * The rows of the options of {@link ClusterOptions}. `readCluster` reads the first four: their parts come from several
 * variables, and their secrets may come from files.
 */
export const CLUSTER_TABLE: OptionTable<ClusterOptions> = {
	adminToken: {
		check: tokenCheck,
		variables: SECRET_VARIABLES.adminToken,
		flags: [
			{
				flag: "--admin-token-file <file>",
				help: "a file with the engine's admin token; without a token everybody has full access (RIVETKIT_ENGINE_ADMIN_TOKEN, or _FILE)",
				set: "token",
				takes: "content of a file",
			},
		],
	},
	storage: {
		check: storageCheck,
		variables: STORAGE_VARIABLES,
		flags: [
			{
				flag: "--postgres-url <url>",
				help: "keep the data in PostgreSQL; default a folder; give a URL with a password by a file or variable (RIVETKIT_ENGINE_POSTGRES_URL)",
				set: "cluster",
			},
			{
				flag: "--postgres-url-file <file>",
				help: "a file with the PostgreSQL URL (RIVETKIT_ENGINE_POSTGRES_URL_FILE)",
				set: "cluster",
				takes: "content of a file",
			},
			{
				flag: "--postgres-root-cert <file>",
				help: "the certificate of the authority that PostgreSQL's certificate is checked against, PEM (RIVETKIT_ENGINE_POSTGRES_ROOT_CERT)",
				set: "cluster",
			},
			{
				flag: "--postgres-client-cert <file>",
				help: "the engine's certificate for PostgreSQL, PEM (RIVETKIT_ENGINE_POSTGRES_CLIENT_CERT)",
				set: "cluster",
			},
			{
				flag: "--postgres-client-key <file>",
				help: "the key of the engine's certificate, PEM (RIVETKIT_ENGINE_POSTGRES_CLIENT_KEY)",
				set: "cluster",
			},
		],
	},
	messaging: {
		check: messagingCheck,
		variables: MESSAGING_VARIABLES,
		flags: [
			{
				flag: "--nats <host:port>",
				help: "a NATS server through which engines on one PostgreSQL reach each other; repeatable (RIVETKIT_ENGINE_NATS_ADDRESSES)",
				set: "cluster",
				takes: "list",
			},
			{
				flag: "--nats-username <name>",
				help: "the user name for NATS (RIVETKIT_ENGINE_NATS_USERNAME)",
				set: "cluster",
			},
			{
				flag: "--nats-password-file <file>",
				help: "a file with the password for NATS (RIVETKIT_ENGINE_NATS_PASSWORD, or _FILE)",
				set: "cluster",
				takes: "content of a file",
			},
		],
	},
	topology: {
		check: topologyCheck,
		variables: TOPOLOGY_VARIABLES,
		flags: [
			{
				flag: "--datacenter-label <number>",
				help: "the number of the engine's datacenter, from 1 to 65535; default 1 (RIVETKIT_ENGINE_DATACENTER_LABEL)",
				set: "cluster",
				takes: "number",
			},
			{
				flag: "--peer-url <url>",
				help: "the URL at which engines of other datacenters reach the api-peer port (RIVETKIT_ENGINE_PEER_URL)",
				set: "cluster",
			},
		],
	},
	...SIMPLE_CLUSTER_TABLE,
};
