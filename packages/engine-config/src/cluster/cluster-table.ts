import { oneOf } from "../checks.ts";
import type { OptionTable } from "../option-row.ts";
import type { ClusterOptions, Readiness } from "./cluster-options.ts";
import { TOPOLOGY_VARIABLES, tokenCheck, topologyCheck } from "./read-access.ts";
import { MESSAGING_VARIABLES, messagingCheck } from "./read-messaging.ts";
import { STORAGE_VARIABLES, storageCheck } from "./read-storage.ts";
import { SECRET_VARIABLES } from "./secret-variables.ts";

const READINESS: readonly Readiness[] = ["health", "database"];

/** Options of a cluster that are read as their rows say. Each of the others has parts, or comes from a file. */
export type SimpleClusterOptions = Omit<ClusterOptions, "storage" | "messaging" | "topology" | "adminToken">;

/** Their rows. */
export const SIMPLE_CLUSTER_TABLE: OptionTable<SimpleClusterOptions> = {
	ready: {
		check: oneOf(...READINESS),
		fallback: ({ usesPostgres }) => (usesPostgres ? "database" : "health"),
		flags: [
			{
				flag: "--ready <when>",
				help: "when it answers, or when its database does as well",
				set: "cluster",
				choices: READINESS,
			},
		],
	},
};

/**
 * The options that say which servers an engine uses, and who may use it. Parts of the first four come from a
 * variable each, and secrets also from files: `readCluster` reads them.
 */
export const CLUSTER_TABLE: OptionTable<ClusterOptions> = {
	adminToken: {
		check: tokenCheck,
		variables: SECRET_VARIABLES.adminToken,
		flags: [
			{
				flag: "--admin-token-file <file>",
				help: "the engine's admin token (RIVETKIT_ENGINE_ADMIN_TOKEN, _FILE)",
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
				help: "keep its data in PostgreSQL; with a password only in RIVETKIT_ENGINE_POSTGRES_URL, or a file",
				set: "cluster",
			},
			{
				flag: "--postgres-url-file <file>",
				help: "the same, from a file (RIVETKIT_ENGINE_POSTGRES_URL_FILE)",
				set: "cluster",
				takes: "content of a file",
			},
			{
				flag: "--postgres-root-cert <file>",
				help: "who vouches for PostgreSQL (RIVETKIT_ENGINE_POSTGRES_ROOT_CERT)",
				set: "cluster",
			},
			{
				flag: "--postgres-client-cert <file>",
				help: "its certificate (RIVETKIT_ENGINE_POSTGRES_CLIENT_CERT)",
				set: "cluster",
			},
			{
				flag: "--postgres-client-key <file>",
				help: "and the key of that (RIVETKIT_ENGINE_POSTGRES_CLIENT_KEY)",
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
				help: "share PostgreSQL with other engines by this server; repeatable (RIVETKIT_ENGINE_NATS_ADDRESSES)",
				set: "cluster",
				takes: "list",
			},
			{ flag: "--nats-username <name>", help: "(RIVETKIT_ENGINE_NATS_USERNAME)", set: "cluster" },
			{
				flag: "--nats-password-file <file>",
				help: "(RIVETKIT_ENGINE_NATS_PASSWORD, _FILE)",
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
				help: "(RIVETKIT_ENGINE_DATACENTER_LABEL)",
				set: "cluster",
				takes: "number",
			},
			{
				flag: "--peer-url <url>",
				help: "where engines of other datacenters reach its api-peer port (RIVETKIT_ENGINE_PEER_URL)",
				set: "cluster",
			},
		],
	},
	...SIMPLE_CLUSTER_TABLE,
};
