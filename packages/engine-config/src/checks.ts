import path from "node:path";
import { isRecord, isText } from "@rivetkit/engine-core";

/** Returns a description of what a value must be; undefined if the value is valid. */
export type Check = (value: unknown) => string | undefined;

/** Checks a text that can be a path, a name or an argument. */
export const text: Check = (value) =>
	isText(value) ? undefined : "a string that is neither empty nor contains NUL";

/** True if a text has no NUL. Node refuses NUL in paths, arguments and environment variables. */
function isWhole(text: string): boolean {
	return !text.includes("\0");
}

/** Checks a boolean. */
export const flag: Check = (value) => (typeof value === "boolean" ? undefined : "true or false");

/** Checks a function. */
export const callback: Check = (value) => (typeof value === "function" ? undefined : "a function");

/** Checks a TCP port that can be bound and connected to. */
export const port: Check = (value) =>
	Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 65535
		? undefined
		: "a port from 1 to 65535";

/** Checks a duration in milliseconds that `setTimeout` can hold. */
export const duration: Check = (value) =>
	typeof value === "number" && value > 0 && value <= 2_147_483_647
		? undefined
		: "a number of milliseconds from 1 to 2147483647";

/** Makes a check that accepts only the given words. */
export function oneOf(...words: readonly string[]): Check {
	return (value) => (words.includes(value as string) ? undefined : `one of ${words.join(", ")}`);
}

/** Checks a version. It becomes part of paths and URLs, so it must not lead elsewhere. */
export const version: Check = (value) =>
	typeof value === "string" && /^[A-Za-z0-9][A-Za-z0-9._+-]*$/.test(value) && !value.includes("..")
		? undefined
		: "a version such as 2.3.19";

/** Checks a release server, or a list of them. */
export const releasesEndpoint: Check = (value) => {
	const list: readonly unknown[] = Array.isArray(value) ? value : [value];
	const isPlace = (item: unknown): boolean =>
		typeof item === "string" && isWhole(item) && (/^(https?|file):\/\/./.test(item) || isFolder(item));
	return list.length > 0 && list.every(isPlace)
		? undefined
		: "an http, https or file URL, a folder such as ./mirror, or a list of them";
};

/** True if a text starts like the path of a folder, not like a URL. */
function isFolder(text: string): boolean {
	return path.isAbsolute(text) || /^\.\.?($|[/\\])/.test(text);
}

/** Checks an http or https URL. */
export const url: Check = (value) =>
	typeof value === "string" && isWhole(value) && /^https?:$/.test(protocolOf(value))
		? undefined
		: "an http or https URL";

const stringRecord: Check = (value) =>
	isRecord(value) &&
	Object.entries(value)
		.flat()
		.every((item) => typeof item === "string" && isWhole(item))
		? undefined
		: "an object whose values are strings without NUL";

/**
 * The engine's environment variables that an option replaces. Set directly, an address could differ from the endpoint, and
 * a secret would be visible in the engine's environment.
 */
const VARIABLES_WITH_OPTION =
	/^RIVET__(?:(?:GUARD|API_PEER|METRICS)__(?:HOST|PORT)|FILE_SYSTEM__PATH|POSTGRES__.*|NATS__.*|AUTH__ADMIN_TOKEN)$/i;

const OPTIONS_OF_VARIABLES =
	"`bindHost`, `bindPort`, `peerHost`, `metricsHost`, `storageRoot`, `instancePath`, `storage`, `messaging` or `adminToken`";

/** Checks environment variables for the engine. */
export const engineVariables: Check = (value) => {
	const expected = stringRecord(value);
	if (expected !== undefined) return expected;
	const taken = Object.keys(value as object).find((name) => VARIABLES_WITH_OPTION.test(name));
	return taken === undefined ? undefined : `without '${taken}' (use ${OPTIONS_OF_VARIABLES})`;
};

/** The engine settings that an option replaces. Set directly, they would override the option, or change the database. */
const SETTINGS_WITH_OPTION = ["file_system", "postgres", "nats", "memory", "topology", "telemetry"];

const OPTIONS_OF_SETTINGS =
	"`bindHost`, `bindPort`, `peerHost`, `metricsHost`, `publicUrl`, `topology`, `telemetry`, `storageRoot`, `instancePath`, `storage` or `messaging`";

/** Checks engine settings. */
export const engineSettings: Check = (value) => {
	if (!isRecord(value)) return "an object";
	try {
		JSON.stringify(value);
	} catch {
		return "an object that can be written as JSON";
	}
	const { auth } = value;
	if (isRecord(auth) && "admin_token" in auth) return "without 'auth.admin_token' (use `adminToken`)";
	const address = ["guard", "api_peer", "metrics"].find((name) => {
		const part = value[name];
		return isRecord(part) && ("host" in part || "port" in part);
	});
	const taken = [...SETTINGS_WITH_OPTION, address].find((name) => name !== undefined && name in value);
	return taken === undefined ? undefined : `without '${taken}' (use ${OPTIONS_OF_SETTINGS})`;
};

/** Checks the signal that ends a call. */
export const abortSignal: Check = (value) => (value instanceof AbortSignal ? undefined : "an AbortSignal");

/** Checks the environment variables of a process. */
export const variables: Check = (value) =>
	isRecord(value) &&
	Object.values(value).every((item) => item === undefined || (typeof item === "string" && isWhole(item)))
		? undefined
		: "an object of environment variables, each a string without NUL";

/** Checks a number of things. */
export const count: Check = (value) =>
	Number.isSafeInteger(value) && (value as number) >= 0 ? undefined : "a whole number of 0 or more";

/** Checks a logger. */
export const logger: Check = (value) =>
	isRecord(value) && ["debug", "info", "warn", "error"].every((level) => typeof value[level] === "function")
		? undefined
		: "a logger with debug, info, warn and error";

/** Checks that an object has no other keys than the known ones. `name` is the name of the object in the text. */
export function withoutOthers(
	value: Readonly<Record<string, unknown>>,
	known: readonly string[],
	name: string,
): string | undefined {
	const other = Object.keys(value).find((key) => !known.includes(key));
	return other === undefined ? undefined : `one without \`${name}.${other}\`, which is unknown`;
}

function protocolOf(text: string): string {
	return URL.canParse(text) ? new URL(text).protocol : "";
}
