import type { Environment } from "@rivetkit/engine-core";
import { isRecord } from "@rivetkit/engine-core";
import { type Check, url, withoutOthers } from "../checks.ts";
import { DEFAULT_ORIGIN, optionSetting, type Setting } from "../setting.ts";
import type { ClusterOptions } from "./cluster-options.ts";
import { SECRET_VARIABLES, secretVariable } from "./secret-variables.ts";
import { requireValid, textVariable } from "./text-setting.ts";

const DATACENTER_LABEL = "RIVETKIT_ENGINE_DATACENTER_LABEL";
const PEER_URL = "RIVETKIT_ENGINE_PEER_URL";

/** The environment variables for a topology. */
export const TOPOLOGY_VARIABLES: readonly string[] = [DATACENTER_LABEL, PEER_URL];

/**
 * Reads the admin token.
 *
 * @throws EngineError `invalid_option`
 */
export function readAdminToken(
	{ adminToken }: ClusterOptions,
	environment: Environment,
	workingDirectory: string,
): Setting<string | undefined> {
	if (adminToken !== undefined) return optionSetting("adminToken", adminToken, adminToken);
	const read = secretVariable(SECRET_VARIABLES.adminToken, environment, workingDirectory);
	if (read === undefined) return { value: undefined, origin: DEFAULT_ORIGIN };
	requireValid(read, tokenCheck(read.text));
	return { value: read.text, origin: read.origin };
}

/**
 * Reads the datacenter number.
 *
 * @throws EngineError `invalid_option`
 */
export function readDatacenterLabel(
	{ topology }: ClusterOptions,
	environment: Environment,
): Setting<number | undefined> {
	const option = topology?.datacenterLabel;
	if (option !== undefined) return optionSetting("topology", option, option);
	const read = textVariable(DATACENTER_LABEL, environment);
	if (read === undefined) return { value: undefined, origin: DEFAULT_ORIGIN };
	requireValid(read, label(Number(read.text)));
	return { value: Number(read.text), origin: read.origin };
}

/**
 * Reads the URL at which engines in other datacenters reach this engine.
 *
 * @throws EngineError `invalid_option`
 */
export function readPeerUrl(
	{ topology }: ClusterOptions,
	environment: Environment,
): Setting<string | undefined> {
	const option = topology?.peerUrl;
	if (option !== undefined) return optionSetting("topology", option, option);
	const read = textVariable(PEER_URL, environment);
	if (read === undefined) return { value: undefined, origin: DEFAULT_ORIGIN };
	requireValid(read, url(read.text));
	return { value: read.text, origin: read.origin };
}

/** Checks a topology. */
export const topologyCheck: Check = (value) => {
	if (!isRecord(value)) return "{ datacenterLabel, peerUrl }";
	const { datacenterLabel, peerUrl } = value;
	if (datacenterLabel !== undefined && label(datacenterLabel) !== undefined) {
		return "one whose `topology.datacenterLabel` is a number from 1 to 65535";
	}
	if (peerUrl !== undefined && url(peerUrl) !== undefined) {
		return "one whose `topology.peerUrl` is an http or https URL";
	}
	return withoutOthers(value, ["datacenterLabel", "peerUrl"], "topology");
};

/** Checks a datacenter number, which the engine stores in 16 bits. */
const label: Check = (value) =>
	Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 65535
		? undefined
		: "a number from 1 to 65535";

/** Checks that a token can be sent in a header. */
export const tokenCheck: Check = (value) =>
	typeof value === "string" && /^[\x21-\x7e]+$/.test(value)
		? undefined
		: "one line of visible ASCII characters without blanks";
