import path from "node:path";

/** What a value should have been, or undefined if it is right. */
export type Check = (value: unknown) => string | undefined;

/** Text that can be a path, a name or an argument. */
export const text: Check = (value) =>
	typeof value === "string" && value !== "" && !value.includes("\0")
		? undefined
		: "a string that is neither empty nor contains NUL";

/** A boolean. */
export const flag: Check = (value) => (typeof value === "boolean" ? undefined : "true or false");

/** A function. */
export const callback: Check = (value) => (typeof value === "function" ? undefined : "a function");

/** A TCP port that can be bound and asked. */
export const port: Check = (value) =>
	Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 65535
		? undefined
		: "a port from 1 to 65535";

/** A duration that `setTimeout` can hold. */
export const duration: Check = (value) =>
	typeof value === "number" && value > 0 && value <= 2_147_483_647
		? undefined
		: "a number of milliseconds from 1 to 2147483647";

/** One of a few words. */
export function oneOf(...words: readonly string[]): Check {
	return (value) => (words.includes(value as string) ? undefined : `one of ${words.join(", ")}`);
}

/** A version becomes part of a path and a URL, so nothing in it may lead elsewhere. */
export const version: Check = (value) =>
	typeof value === "string" && /^[A-Za-z0-9][A-Za-z0-9._+-]*$/.test(value) && !value.includes("..")
		? undefined
		: "a version such as 2.3.19";

/** A release server. */
export const releasesEndpoint: Check = (value) => {
	const list: readonly unknown[] = Array.isArray(value) ? value : [value];
	const isPlace = (item: unknown): boolean =>
		typeof item === "string" && (/^(https?|file):\/\/./.test(item) || isFolder(item));
	return list.length > 0 && list.every(isPlace)
		? undefined
		: "an http, https or file URL, a folder such as ./mirror, or a list of them";
};

/** A folder is told from a URL by how it begins. */
function isFolder(text: string): boolean {
	return path.isAbsolute(text) || /^\.\.?($|[/\\])/.test(text);
}

/** An address of the web. */
export const url: Check = (value) =>
	typeof value === "string" && /^https?:$/.test(protocolOf(value)) ? undefined : "an http or https URL";

const stringRecord: Check = (value) =>
	isRecord(value) && Object.values(value).every((item) => typeof item === "string")
		? undefined
		: "an object whose values are strings";

/**
 * What an option says may not be said otherwise by a variable: the engine would run elsewhere than it is sought, or
 * show its secrets to whoever may see its environment.
 */
const SAID_BY_OPTIONS =
	/^RIVET__(?:(?:GUARD|API_PEER|METRICS)__(?:HOST|PORT)|FILE_SYSTEM__PATH|POSTGRES__.*|NATS__.*|AUTH__ADMIN_TOKEN)$/i;

const OPTIONS_OF_VARIABLES =
	"`bindHost`, `bindPort`, `peerHost`, `metricsHost`, `storageRoot`, `instancePath`, `storage`, `messaging` or `adminToken`";

/** Checks variables for the engine. */
export const engineVariables: Check = (value) => {
	const expected = stringRecord(value);
	if (expected !== undefined) return expected;
	const said = Object.keys(value as object).find((name) => SAID_BY_OPTIONS.test(name));
	return said === undefined ? undefined : `without '${said}' (use ${OPTIONS_OF_VARIABLES})`;
};

/** What options say, which would win, or move the engine to another database. */
const ELSEWHERE = ["file_system", "postgres", "nats", "memory", "topology", "telemetry"];

const OPTIONS_OF_SETTINGS =
	"`bindHost`, `bindPort`, `peerHost`, `metricsHost`, `publicUrl`, `topology`, `telemetry`, `storageRoot`, `instancePath`, `storage` or `messaging`";

/** Checks settings for the engine. */
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
	const said = [...ELSEWHERE, address].find((name) => name !== undefined && name in value);
	return said === undefined ? undefined : `without '${said}' (use ${OPTIONS_OF_SETTINGS})`;
};

/** What ends a call. */
export const abortSignal: Check = (value) => (value instanceof AbortSignal ? undefined : "an AbortSignal");

/** Checks the variables of a process. */
export const variables: Check = (value) =>
	isRecord(value) && Object.values(value).every((item) => item === undefined || typeof item === "string")
		? undefined
		: "an object of environment variables, each a string";

/** Checks a number of things. */
export const count: Check = (value) =>
	Number.isSafeInteger(value) && (value as number) >= 0 ? undefined : "a whole number of 0 or more";

/** Somewhere to log to. */
export const logger: Check = (value) =>
	isRecord(value) && ["debug", "info", "warn", "error"].every((level) => typeof value[level] === "function")
		? undefined
		: "a logger with debug, info, warn and error";

/** An object that is no list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** Says which key of an object is not known; undefined if all are. */
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
