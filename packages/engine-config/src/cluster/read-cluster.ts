import type { Environment } from "@rivetkit/engine-core";
import type { SettingsOf } from "../option-row.ts";
import { readGroup } from "../read-group.ts";
import type { Setting } from "../setting.ts";
import type { ClusterOptions, PostgresSsl } from "./cluster-options.ts";
import { SIMPLE_CLUSTER_TABLE, type SimpleClusterOptions } from "./cluster-table.ts";
import type { PostgresHost } from "./postgres-url.ts";
import { readAdminToken, readDatacenterLabel, readPeerUrl } from "./read-access.ts";
import { type MessagingWithSecrets, readMessaging } from "./read-messaging.ts";
import { readStorage, type StorageWithSecrets } from "./read-storage.ts";
import { requireValid } from "./text-setting.ts";

/** The place of an engine's data, without secrets. */
export type ConfiguredStorage =
	| { readonly kind: "file-system" }
	| {
			readonly kind: "postgres";
			/** `host:port/database`. */
			readonly location: string;
			readonly hosts: readonly PostgresHost[];
			/** Absolute paths. */
			readonly ssl: PostgresSsl | undefined;
	  };

/** How engines reach each other, without secrets. */
export type ConfiguredMessaging =
	| { readonly kind: "memory" }
	| {
			readonly kind: "nats";
			/** The name of the servers, for messages and comparisons. */
			readonly name: string;
			readonly addresses: readonly string[];
			readonly username: string | undefined;
	  };

/** The secrets of an engine. An engine gets them only in its configuration file, never in environment variables. */
export interface EngineSecrets {
	readonly postgresUrl: string | undefined;
	readonly natsPassword: string | undefined;
	readonly adminToken: string | undefined;
}

/** The options that always have a value, by their defaults. */
type AlwaysSet = "ready";

/** The final values of {@link ClusterOptions}, each with its origin. */
export interface ClusterSettings extends SettingsOf<SimpleClusterOptions, AlwaysSet> {
	readonly storage: Setting<ConfiguredStorage>;
	readonly messaging: Setting<ConfiguredMessaging>;
	readonly datacenterLabel: Setting<number | undefined>;
	readonly peerUrl: Setting<string | undefined>;
	/** True if a token is set. */
	readonly adminToken: Setting<boolean>;
}

/** The settings for a cluster, and the secrets among them. */
export interface ClusterConfiguration extends ClusterSettings {
	readonly secrets: EngineSecrets;
}

/**
 * Finds the value of each cluster option. The options must be validated before. Reads the secret files that `..._FILE`
 * environment variables name.
 *
 * @throws EngineError `invalid_option`, also for settings that cannot be combined.
 */
export function readCluster(
	options: ClusterOptions,
	environment: Environment,
	workingDirectory: string,
): ClusterConfiguration {
	const storage = readStorage(options, environment, workingDirectory);
	const messaging = readMessaging(options, environment, workingDirectory);
	const adminToken = readAdminToken(options, environment, workingDirectory);
	requireRunnable(storage, messaging);
	const usesPostgres = storage.value.kind === "postgres";
	const sources = { options, environment, workingDirectory, usesPostgres };
	return {
		...readGroup<SimpleClusterOptions, AlwaysSet>(SIMPLE_CLUSTER_TABLE, sources),
		storage: { ...storage, value: withoutUrl(storage.value) },
		messaging: { ...messaging, value: withoutPassword(messaging.value) },
		datacenterLabel: readDatacenterLabel(options, environment),
		peerUrl: readPeerUrl(options, environment),
		adminToken: { value: adminToken.value !== undefined, origin: adminToken.origin },
		secrets: secretsOf(storage.value, messaging.value, adminToken.value),
	};
}

function secretsOf(
	storage: StorageWithSecrets,
	messaging: MessagingWithSecrets,
	adminToken: string | undefined,
): EngineSecrets {
	return {
		postgresUrl: storage.kind === "postgres" ? storage.parsed.url : undefined,
		natsPassword: messaging.kind === "nats" ? messaging.password : undefined,
		adminToken,
	};
}

function requireRunnable(
	{ value: storage }: Setting<StorageWithSecrets>,
	{ value: messaging, origin }: Setting<MessagingWithSecrets>,
): void {
	if (messaging.kind === "memory" || storage.kind === "postgres" || origin.kind === "default") return;
	requireValid(
		{ text: "", origin },
		"left out, or be given with PostgreSQL as `storage`: a database in the file system serves one engine, which has no others to reach",
	);
}

function withoutUrl(storage: StorageWithSecrets): ConfiguredStorage {
	if (storage.kind === "file-system") return storage;
	const { location, hosts } = storage.parsed;
	return { kind: "postgres", location, hosts, ssl: storage.ssl };
}

function withoutPassword(messaging: MessagingWithSecrets): ConfiguredMessaging {
	if (messaging.kind === "memory") return messaging;
	const { kind, addresses, username } = messaging;
	return { kind, name: `NATS at ${addresses.join(", ")}`, addresses, username };
}
