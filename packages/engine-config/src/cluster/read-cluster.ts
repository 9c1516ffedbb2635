import type { Environment } from "@rivetkit/engine-core";
import type { SettingsOf } from "../option-row.ts";
import { readGroup } from "../read-group.ts";
import type { Setting } from "../setting.ts";
import type { ClusterOptions, PostgresSsl } from "./cluster-options.ts";
import { SIMPLE_CLUSTER_TABLE, type SimpleClusterOptions } from "./cluster-table.ts";
import type { PostgresHost } from "./postgres-url.ts";
import { readAdminToken, readDatacenterLabel, readPeerUrl } from "./read-access.ts";
import { type GivenMessaging, readMessaging } from "./read-messaging.ts";
import { type GivenStorage, readStorage } from "./read-storage.ts";
import { requireValid } from "./text-setting.ts";

/** Where an engine keeps its data, without what is secret about it. */
export type ConfiguredStorage =
	| { readonly kind: "file-system" }
	| {
			readonly kind: "postgres";
			/** `host:port/database`. */
			readonly location: string;
			readonly hosts: readonly PostgresHost[];
			/** The paths are absolute. */
			readonly ssl: PostgresSsl | undefined;
	  };

/** How engines reach each other, without what is secret about it. */
export type ConfiguredMessaging =
	| { readonly kind: "memory" }
	| {
			readonly kind: "nats";
			/** How it is told of. */
			readonly name: string;
			readonly addresses: readonly string[];
			readonly username: string | undefined;
	  };

/** What only the engine's file may say. */
export interface EngineSecrets {
	readonly postgresUrl: string | undefined;
	readonly natsPassword: string | undefined;
	readonly adminToken: string | undefined;
}

type Settled = "ready";

/** What options and variables say of an engine that is not alone on its machine. */
export interface ClusterSettings extends SettingsOf<SimpleClusterOptions, Settled> {
	readonly storage: Setting<ConfiguredStorage>;
	readonly messaging: Setting<ConfiguredMessaging>;
	readonly datacenterLabel: Setting<number | undefined>;
	readonly peerUrl: Setting<string | undefined>;
	/** Whether there is one. */
	readonly adminToken: Setting<boolean>;
}

/** The options of a cluster, and their secrets. */
export interface ClusterConfiguration extends ClusterSettings {
	readonly secrets: EngineSecrets;
}

/**
 * Reads which servers an engine uses, and who may use it. The options have been checked. Where a variable names a
 * file, that is read.
 *
 * @throws EngineError `invalid_option`, also for what an engine cannot run.
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
		...readGroup<SimpleClusterOptions, Settled>(SIMPLE_CLUSTER_TABLE, sources),
		storage: { ...storage, value: withoutUrl(storage.value) },
		messaging: { ...messaging, value: withoutPassword(messaging.value) },
		datacenterLabel: readDatacenterLabel(options, environment),
		peerUrl: readPeerUrl(options, environment),
		adminToken: { value: adminToken.value !== undefined, origin: adminToken.origin },
		secrets: secretsOf(storage.value, messaging.value, adminToken.value),
	};
}

function secretsOf(
	storage: GivenStorage,
	messaging: GivenMessaging,
	adminToken: string | undefined,
): EngineSecrets {
	return {
		postgresUrl: storage.kind === "postgres" ? storage.parsed.url : undefined,
		natsPassword: messaging.kind === "nats" ? messaging.password : undefined,
		adminToken,
	};
}

function requireRunnable(
	{ value: storage }: Setting<GivenStorage>,
	{ value: messaging, origin }: Setting<GivenMessaging>,
): void {
	if (messaging.kind === "memory" || storage.kind === "postgres" || origin.kind === "default") return;
	requireValid(
		{ text: "", origin },
		"left out, or be given with PostgreSQL as `storage`: a database in the file system serves one engine, which has no others to reach",
	);
}

function withoutUrl(storage: GivenStorage): ConfiguredStorage {
	if (storage.kind === "file-system") return storage;
	const { location, hosts } = storage.parsed;
	return { kind: "postgres", location, hosts, ssl: storage.ssl };
}

function withoutPassword(messaging: GivenMessaging): ConfiguredMessaging {
	if (messaging.kind === "memory") return messaging;
	const { kind, addresses, username } = messaging;
	return { kind, name: `NATS at ${addresses.join(", ")}`, addresses, username };
}
