import type { Environment } from "@rivetkit/engine-core";
import { url } from "../checks.ts";
import type { EngineOptions } from "../engine-options.ts";
import type { Origin, Setting } from "../setting.ts";
import { invalidOptionError } from "../validate-options.ts";
import { label, natsAddresses, postgresUrlFlaw, token } from "./cluster-checks.ts";
import type { PostgresSsl } from "./cluster-options.ts";
import { SECRET_VARIABLES, secretVariable, type TextSetting, textVariable } from "./secret-variables.ts";

/** A storage of which all that was left out is filled in. */
export type GivenStorage =
	| { readonly kind: "file-system" }
	| { readonly kind: "postgres"; readonly url: string; readonly ssl: PostgresSsl };

/** A messaging of the same kind. */
export type GivenMessaging =
	| { readonly kind: "memory" }
	| {
			readonly kind: "nats";
			readonly addresses: readonly string[];
			readonly username: string | undefined;
			readonly password: string | undefined;
	  };

/** An option, or what counts without it. */
export function given<Value>(name: string, value: Value | undefined, fallback: Value): Setting<Value> {
	return { value: value ?? fallback, origin: value === undefined ? DEFAULT : { kind: "option", name } };
}

const DEFAULT: Origin = { kind: "default" };

/** Where the data is. */
export function storageSetting(
	{ storage }: EngineOptions,
	environment: Environment,
	workingDirectory: string,
): Setting<GivenStorage> {
	if (storage?.kind === "file-system") return given("storage", storage, storage);
	const url = optionOr("storage", storage?.url, () =>
		secretVariable(SECRET_VARIABLES.postgresUrl, environment, workingDirectory),
	);
	if (url === undefined) {
		if (storage === undefined) return { value: { kind: "file-system" }, origin: DEFAULT };
		throw invalidOptionError(
			"storage",
			storage,
			"given with a `url`, or with RIVETKIT_ENGINE_POSTGRES_URL beside it",
		);
	}
	const flaw = postgresUrlFlaw(url.text);
	if (flaw !== undefined) demand(url, `a URL of PostgreSQL: ${flaw}`);
	const file = (name: keyof PostgresSsl, variable: string): string | undefined =>
		storage?.ssl?.[name] ?? textVariable(`RIVETKIT_ENGINE_POSTGRES_${variable}`, environment)?.text;
	const ssl = {
		rootCertPath: file("rootCertPath", "ROOT_CERT"),
		clientCertPath: file("clientCertPath", "CLIENT_CERT"),
		clientKeyPath: file("clientKeyPath", "CLIENT_KEY"),
	};
	if ((ssl.clientCertPath === undefined) !== (ssl.clientKeyPath === undefined)) {
		throw invalidOptionError("storage", storage, "given both clientCertPath and clientKeyPath, or neither");
	}
	return { value: { kind: "postgres", url: url.text, ssl }, origin: url.origin };
}

/** How engines reach each other. */
export function messagingSetting(
	{ messaging }: EngineOptions,
	environment: Environment,
	workingDirectory: string,
): Setting<GivenMessaging> {
	if (messaging?.kind === "memory") return given("messaging", messaging, messaging);
	const list = textVariable("RIVETKIT_ENGINE_NATS_ADDRESSES", environment);
	const fromList = list?.text.split(/[\s,]+/).filter((item) => item !== "");
	const addresses = messaging?.addresses ?? fromList;
	if (addresses === undefined) {
		if (messaging === undefined) return { value: { kind: "memory" }, origin: DEFAULT };
		throw invalidOptionError(
			"messaging",
			messaging,
			"given `addresses`, or RIVETKIT_ENGINE_NATS_ADDRESSES beside it",
		);
	}
	const origin: Origin =
		messaging?.addresses === undefined && list !== undefined
			? list.origin
			: { kind: "option", name: "messaging" };
	demand({ text: "", origin }, natsAddresses(addresses));
	const username = messaging?.username ?? textVariable("RIVETKIT_ENGINE_NATS_USERNAME", environment)?.text;
	const password = optionOr("messaging", messaging?.password, () =>
		secretVariable(SECRET_VARIABLES.natsPassword, environment, workingDirectory),
	);
	if (password !== undefined && username === undefined) {
		demand(password, "beside a user name for NATS, without which the engine does not send the password");
	}
	return { value: { kind: "nats", addresses, username, password: password?.text }, origin };
}

/** An option, or else what a variable says. */
function optionOr(
	name: string,
	option: string | undefined,
	variable: () => TextSetting | undefined,
): TextSetting | undefined {
	return option === undefined ? variable() : { text: option, origin: { kind: "option", name } };
}

/** The admin token. */
export function tokenSetting(
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

/** The number of the datacenter. */
export function labelSetting(
	{ topology }: EngineOptions,
	environment: Environment,
): Setting<number | undefined> {
	const option = topology?.datacenterLabel;
	if (option !== undefined) return given("topology", option, option);
	const read = textVariable("RIVETKIT_ENGINE_DATACENTER_LABEL", environment);
	if (read === undefined) return { value: undefined, origin: DEFAULT };
	demand(read, label(Number(read.text)));
	return { value: Number(read.text), origin: read.origin };
}

/** Where engines of other datacenters reach this one. */
export function peerUrlSetting(
	{ topology }: EngineOptions,
	environment: Environment,
): Setting<string | undefined> {
	const option = topology?.peerUrl;
	if (option !== undefined) return given("topology", option, option);
	const read = textVariable("RIVETKIT_ENGINE_PEER_URL", environment);
	if (read === undefined) return { value: undefined, origin: DEFAULT };
	demand(read, url(read.text));
	return { value: read.text, origin: read.origin };
}

/** @throws EngineError `invalid_option` for what was not what was expected; undefined is what it was. */
export function demand({ text, origin }: TextSetting, expected: string | undefined): void {
	if (expected === undefined || origin.kind === "default") return;
	throw invalidOptionError(origin.name, text, expected, origin.kind);
}
