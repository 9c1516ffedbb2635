import path from "node:path";
import type { Environment } from "@rivetkit/engine-core";
import type { EngineOptions } from "../engine-options.ts";
import type { Setting } from "../setting.ts";
import type { PostgresSsl, Readiness } from "./cluster-options.ts";
import { type PostgresHost, parsePostgresUrl } from "./postgres-url.ts";
import {
	demand,
	type GivenMessaging,
	type GivenStorage,
	given,
	labelSetting,
	messagingSetting,
	peerUrlSetting,
	storageSetting,
	tokenSetting,
} from "./read-storage.ts";

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
	| { readonly kind: "nats"; readonly addresses: readonly string[]; readonly username: string | undefined };

/** What only the engine's file may say. */
export interface EngineSecrets {
	readonly postgresUrl: string | undefined;
	readonly natsPassword: string | undefined;
	readonly adminToken: string | undefined;
	/** All of them, and what they contain, however it is written. */
	readonly values: readonly string[];
}

/** What options and variables say of an engine that is not alone on its machine. */
export interface ClusterSettings {
	readonly storage: Setting<ConfiguredStorage>;
	readonly messaging: Setting<ConfiguredMessaging>;
	readonly datacenterLabel: Setting<number | undefined>;
	readonly peerUrl: Setting<string | undefined>;
	/** Whether there is one. */
	readonly adminToken: Setting<boolean>;
	readonly ready: Setting<Readiness>;
	readonly unsafelyExposeUnauthenticatedPorts: Setting<boolean>;
}

/**
 * Reads them. Where a variable names a file, that is read.
 *
 * @throws EngineError `invalid_option`, also for what an engine cannot run.
 */
export function readClusterSettings(
	options: EngineOptions,
	environment: Environment,
	workingDirectory: string,
): { readonly settings: ClusterSettings; readonly secrets: EngineSecrets } {
	const storage = storageSetting(options, environment, workingDirectory);
	const messaging = messagingSetting(options, environment, workingDirectory);
	const adminToken = tokenSetting(options, environment, workingDirectory);
	requireRunnable(storage, messaging);
	const postgresUrl = storage.value.kind === "postgres" ? storage.value.url : undefined;
	const parsed = postgresUrl === undefined ? undefined : parsePostgresUrl(postgresUrl);
	const natsPassword = messaging.value.kind === "nats" ? messaging.value.password : undefined;
	const values = [
		...(parsed?.kind === "valid" ? parsed.secrets : []),
		...[natsPassword, adminToken.value].filter((value) => value !== undefined),
	];
	const isPostgres = storage.value.kind === "postgres";
	return {
		settings: {
			storage: { ...storage, value: withoutUrl(storage.value, workingDirectory) },
			messaging: { ...messaging, value: withoutPassword(messaging.value) },
			datacenterLabel: labelSetting(options, environment),
			peerUrl: peerUrlSetting(options, environment),
			adminToken: { value: adminToken.value !== undefined, origin: adminToken.origin },
			ready: given("ready", options.ready, isPostgres ? "database" : "health"),
			unsafelyExposeUnauthenticatedPorts: given(
				"unsafelyExposeUnauthenticatedPorts",
				options.unsafelyExposeUnauthenticatedPorts,
				false,
			),
		},
		secrets: { postgresUrl, natsPassword, adminToken: adminToken.value, values },
	};
}

function requireRunnable(
	{ value: storage }: Setting<GivenStorage>,
	messaging: Setting<GivenMessaging>,
): void {
	if (messaging.value.kind === "memory" || storage.kind === "postgres") return;
	demand(
		{ text: "", origin: messaging.origin },
		"left out, or be given with PostgreSQL as `storage`: a database in the file system serves one engine, which has no others to reach",
	);
}

function withoutUrl(storage: GivenStorage, workingDirectory: string): ConfiguredStorage {
	if (storage.kind === "file-system") return storage;
	const parsed = parsePostgresUrl(storage.url);
	const { location, hosts } = parsed.kind === "valid" ? parsed : { location: "", hosts: [] };
	const given = Object.entries(storage.ssl).filter((entry): entry is [string, string] => !!entry[1]);
	const ssl = Object.fromEntries(given.map(([name, file]) => [name, path.resolve(workingDirectory, file)]));
	return { kind: "postgres", location, hosts, ssl: given.length === 0 ? undefined : ssl };
}

function withoutPassword(messaging: GivenMessaging): ConfiguredMessaging {
	if (messaging.kind === "memory") return messaging;
	const { kind, addresses, username } = messaging;
	return { kind, addresses, username };
}
