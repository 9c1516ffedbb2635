import type { Environment } from "@rivetkit/engine-core";
import { isRecord } from "@rivetkit/engine-core";
import { type Check, text, withoutOthers } from "../checks.ts";
import { invalidOptionError } from "../invalid-option.ts";
import { DEFAULT_ORIGIN, optionSetting, type Setting } from "../setting.ts";
import type { ClusterOptions } from "./cluster-options.ts";
import { SECRET_VARIABLES, secretVariable } from "./secret-variables.ts";
import { optionOr, requireValid, type TextSetting, textVariable } from "./text-setting.ts";

/** How engines reach each other, with the NATS password. */
export type MessagingWithSecrets =
	| { readonly kind: "memory" }
	| {
			readonly kind: "nats";
			readonly addresses: readonly string[];
			readonly username: string | undefined;
			readonly password: string | undefined;
	  };

const ADDRESSES = "RIVETKIT_ENGINE_NATS_ADDRESSES";
const USERNAME = "RIVETKIT_ENGINE_NATS_USERNAME";

/** The environment variables for messaging. */
export const MESSAGING_VARIABLES: readonly string[] = [ADDRESSES, USERNAME, ...SECRET_VARIABLES.natsPassword];

/**
 * Reads how engines reach each other.
 *
 * @throws EngineError `invalid_option`
 */
export function readMessaging(
	{ messaging }: ClusterOptions,
	environment: Environment,
	workingDirectory: string,
): Setting<MessagingWithSecrets> {
	if (messaging?.kind === "memory") return optionSetting("messaging", messaging, messaging);
	const list = textVariable(ADDRESSES, environment);
	const fromList = list?.text.split(/[\s,]+/).filter((item) => item !== "");
	const addresses = messaging?.addresses ?? fromList;
	if (addresses === undefined) {
		if (messaging === undefined) return { value: { kind: "memory" }, origin: DEFAULT_ORIGIN };
		throw invalidOptionError(
			"messaging",
			messaging,
			"given `addresses`, or `RIVETKIT_ENGINE_NATS_ADDRESSES` beside it",
		);
	}
	const origin: TextSetting["origin"] =
		messaging?.addresses === undefined && list !== undefined
			? list.origin
			: { kind: "option", name: "messaging" };
	requireValid({ text: "", origin }, natsAddresses(addresses));
	const username = messaging?.username ?? textVariable(USERNAME, environment)?.text;
	const password = optionOr("messaging", messaging?.password, () =>
		secretVariable(SECRET_VARIABLES.natsPassword, environment, workingDirectory),
	);
	if (password !== undefined && username === undefined) {
		requireValid(
			password,
			"given together with a user name for NATS, since the engine does not send a password without a user name",
		);
	}
	return { value: { kind: "nats", addresses, username, password: password?.text }, origin };
}

/** Checks the option `messaging`. */
export const messagingCheck: Check = (value) => {
	if (!isRecord(value)) return MESSAGING;
	if (value["kind"] === "memory") return withoutOthers(value, ["kind"], "messaging");
	if (value["kind"] !== "nats") return MESSAGING;
	const { addresses, username, password } = value;
	const wrong = Object.entries({ username, password }).find(
		([, value]) => value !== undefined && text(value) !== undefined,
	);
	if (wrong !== undefined) return `one whose \`messaging.${wrong[0]}\` is a string that is not empty`;
	const flaw = addresses === undefined ? undefined : natsAddresses(addresses);
	if (flaw !== undefined) return `one whose \`messaging.addresses\` are ${flaw}`;
	return withoutOthers(value, ["kind", "addresses", "username", "password"], "messaging");
};

const MESSAGING = "{ kind: 'memory' }, or { kind: 'nats', addresses }";

/** Checks NATS server addresses. They must not contain a password, since the engine logs them. */
const natsAddresses: Check = (value) => {
	const isAddress = (item: unknown): boolean => {
		const port = typeof item === "string" ? Number(ADDRESS.exec(item)?.[1]) : 0;
		return port >= 1 && port <= 65535;
	};
	return Array.isArray(value) && value.length > 0 && value.every(isAddress)
		? undefined
		: "hosts with ports, such as nats.internal:4222, each for itself, without a scheme or credentials";
};

const ADDRESS = /^(?:\[[0-9a-f:.]+\]|[^\s:/@[\],]+):(\d{1,5})$/i;
