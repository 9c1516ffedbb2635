import path from "node:path";
import type { Environment } from "@rivetkit/engine-core";
import { url } from "../option-checks.ts";
import type { EngineOptions } from "../options.ts";
import type { Origin, Setting } from "../setting.ts";
import { invalidOption } from "../validate-options.ts";
import { label, natsAddresses, postgresUrlFlaw, token } from "./cluster-checks.ts";
import type { EngineMessaging, EngineStorage, PostgresSsl, Readiness } from "./cluster-options.ts";
import { type PostgresHost, parsePostgresUrl } from "./postgres-url.ts";
import { SECRET_VARIABLES, secretVariable, type TextSetting, textVariable } from "./secret-variables.ts";

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

function given<Value>(name: string, value: Value | undefined, fallback: Value): Setting<Value> {
	return { value: value ?? fallback, origin: value === undefined ? DEFAULT : { kind: "option", name } };
}

const DEFAULT: Origin = { kind: "default" };

function storageSetting(
	{ storage }: EngineOptions,
	environment: Environment,
	workingDirectory: string,
): Setting<EngineStorage> {
	if (storage !== undefined) return given("storage", storage, storage);
	const url = secretVariable(SECRET_VARIABLES.postgresUrl, environment, workingDirectory);
	if (url === undefined) return { value: { kind: "file-system" }, origin: DEFAULT };
	const flaw = postgresUrlFlaw(url.text);
	if (flaw !== undefined) demand(url, `a URL of PostgreSQL: ${flaw}`);
	const [rootCertPath, clientCertPath, clientKeyPath] = ["ROOT_CERT", "CLIENT_CERT", "CLIENT_KEY"].map(
		(name) => environment[`RIVETKIT_ENGINE_POSTGRES_${name}`] || undefined,
	);
	const ssl = { rootCertPath, clientCertPath, clientKeyPath };
	return { value: { kind: "postgres", url: url.text, ssl }, origin: url.origin };
}

function messagingSetting(
	{ messaging }: EngineOptions,
	environment: Environment,
	workingDirectory: string,
): Setting<EngineMessaging> {
	if (messaging !== undefined) return given("messaging", messaging, messaging);
	const list = textVariable("RIVETKIT_ENGINE_NATS_ADDRESSES", environment);
	if (list === undefined) return { value: { kind: "memory" }, origin: DEFAULT };
	const addresses = list.text.split(/[\s,]+/).filter((item) => item !== "");
	demand(list, natsAddresses(addresses));
	const username = textVariable("RIVETKIT_ENGINE_NATS_USERNAME", environment)?.text;
	const password = secretVariable(SECRET_VARIABLES.natsPassword, environment, workingDirectory);
	if (password !== undefined && username === undefined) {
		demand(password, "beside RIVETKIT_ENGINE_NATS_USERNAME, without which the engine does not send it");
	}
	return { value: { kind: "nats", addresses, username, password: password?.text }, origin: list.origin };
}

function tokenSetting(
	{ adminToken }: EngineOptions,
	environment: Environment,
	workingDirectory: string,
): Setting<string | undefined> {
	if (adminToken !== undefined) return given("adminToken", adminToken, adminToken);
	const read = secretVariable(SECRET_VARIABLES.adminToken, environment, workingDirectory);
	if (read === undefined) return { value: undefined, origin: DEFAULT };
	demand(read, token(read.text));
	return { value: read.text, origin: read.origin };
}

function labelSetting({ topology }: EngineOptions, environment: Environment): Setting<number | undefined> {
	const option = topology?.datacenterLabel;
	if (option !== undefined) return given("topology", option, option);
	const read = textVariable("RIVETKIT_ENGINE_DATACENTER_LABEL", environment);
	if (read === undefined) return { value: undefined, origin: DEFAULT };
	demand(read, label(Number(read.text)));
	return { value: Number(read.text), origin: read.origin };
}

function peerUrlSetting({ topology }: EngineOptions, environment: Environment): Setting<string | undefined> {
	const option = topology?.peerUrl;
	if (option !== undefined) return given("topology", option, option);
	const read = textVariable("RIVETKIT_ENGINE_PEER_URL", environment);
	if (read === undefined) return { value: undefined, origin: DEFAULT };
	demand(read, url(read.text));
	return { value: read.text, origin: read.origin };
}

function demand({ text, origin }: TextSetting, expected: string | undefined): void {
	if (expected === undefined) return;
	throw invalidOption(origin.kind === "default" ? "" : origin.name, text, expected, "variable");
}

function requireRunnable(
	{ value: storage }: Setting<EngineStorage>,
	messaging: Setting<EngineMessaging>,
): void {
	if (messaging.value.kind === "memory" || storage.kind === "postgres") return;
	const { name } = messaging.origin as Exclude<Origin, { readonly kind: "default" }>;
	throw invalidOption(
		name,
		messaging.value,
		"left out, or be given with PostgreSQL as `storage`: a database in the file system serves one engine, which has no others to reach",
		messaging.origin.kind === "variable" ? "variable" : "option",
	);
}

function withoutUrl(storage: EngineStorage, workingDirectory: string): ConfiguredStorage {
	if (storage.kind === "file-system") return storage;
	const parsed = parsePostgresUrl(storage.url);
	const { location, hosts } = parsed.kind === "valid" ? parsed : { location: "", hosts: [] };
	const given = Object.entries(storage.ssl ?? {}).filter((entry): entry is [string, string] => !!entry[1]);
	const ssl = Object.fromEntries(given.map(([name, file]) => [name, path.resolve(workingDirectory, file)]));
	return { kind: "postgres", location, hosts, ssl: given.length === 0 ? undefined : ssl };
}

function withoutPassword(messaging: EngineMessaging): ConfiguredMessaging {
	if (messaging.kind === "memory") return messaging;
	const { kind, addresses, username } = messaging;
	return { kind, addresses, username };
}
