import path from "node:path";
import { EngineError } from "@rivetkit/engine-core";
import type { EngineOptions } from "./options.ts";

/**
 * Checks that every option is known and of its type. What is undefined counts as not given.
 *
 * @throws EngineError `invalid_option`, naming the option.
 */
export function validateOptions(options: EngineOptions): void {
	checkOptions(options, OPTION_CHECKS);
}

/** {@link validateOptions} by checks of one's own. */
export function checkOptions(options: object, checks: Readonly<Record<string, Check>>): void {
	if (!isRecord(options)) throw invalidOption("options", options, "an object");
	for (const [name, value] of Object.entries(options)) {
		const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
		if (check === undefined) {
			throw new EngineError("invalid_option", `Option '${name}' is unknown.`, {
				metadata: { option: name, hint: `Known options: ${Object.keys(checks).join(", ")}.` },
			});
		}
		if (value === undefined) continue;
		const expected = check(value);
		if (expected !== undefined) throw invalidOption(name, value, expected);
	}
}

/** The error for a value that cannot be used, given as an option or by a variable. */
export function invalidOption(
	name: string,
	value: unknown,
	expected: string,
	kind: "option" | "variable" = "option",
): EngineError<"invalid_option"> {
	const subject = kind === "option" ? "Option" : "Variable";
	return new EngineError(
		"invalid_option",
		`${subject} '${name}' must be ${expected}, not ${describeValue(value)}.`,
		{
			metadata: { [kind]: name },
		},
	);
}

function describeValue(value: unknown): string {
	// It may have a password in it, also where it lacks what makes it a URL.
	if (typeof value === "string") return `'${withoutCredentials(value)}'`;
	if (typeof value === "number" || value === null) return String(value);
	if (!Array.isArray(value)) return `of type ${typeof value}`;
	return value.length === 0 ? "an empty array" : value.map(describeValue).join(", ");
}

function withoutCredentials(text: string): string {
	// In what cannot be used they end nowhere for certain but at the last `@`.
	return text.replace(/^([^:]*:\/\/).*@|^.*:.*@/s, "$1***@");
}

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

const url: Check = (value) =>
	typeof value === "string" && /^https?:$/.test(protocolOf(value)) ? undefined : "an http or https URL";

const stringRecord: Check = (value) =>
	isRecord(value) && Object.values(value).every((item) => typeof item === "string")
		? undefined
		: "an object whose values are strings";

/** What an option says may not be said otherwise by a variable: the engine would run elsewhere than it is sought. */
const SAID_BY_OPTIONS = /^RIVET__(?:(?:GUARD|API_PEER|METRICS)__(?:HOST|PORT)|FILE_SYSTEM__PATH)$/i;

const engineVariables: Check = (value) => {
	const expected = stringRecord(value);
	if (expected !== undefined) return expected;
	const said = Object.keys(value as object).find((name) => SAID_BY_OPTIONS.test(name));
	return said === undefined
		? undefined
		: `without '${said}' (use bindHost, bindPort, peerHost, metricsHost, storageRoot or instancePath)`;
};

const jsonRecord: Check = (value) => {
	if (!isRecord(value)) return "an object";
	try {
		JSON.stringify(value);
		return undefined;
	} catch {
		return "an object that can be written as JSON";
	}
};

const abortSignal: Check = (value) => (value instanceof AbortSignal ? undefined : "an AbortSignal");

const logger: Check = (value) =>
	isRecord(value) && ["debug", "info", "warn", "error"].every((level) => typeof value[level] === "function")
		? undefined
		: "a logger with debug, info, warn and error";

/** What each option must be. */
export const OPTION_CHECKS: { readonly [Name in keyof Required<EngineOptions>]: Check } = {
	endpoint: text,
	bindHost: text,
	bindPort: port,
	peerHost: text,
	metricsHost: text,
	publicUrl: url,
	spawn: oneOf("auto", "always", "never"),
	binaryPath: text,
	cargoRoot: text,
	version,
	autoDownload: flag,
	releasesEndpoint,
	unsafelyAllowHttp: flag,
	storageRoot: text,
	instancePath: text,
	env: engineVariables,
	config: jsonRecord,
	cwd: text,
	preset: oneOf("local-dev", "engine-defaults"),
	telemetry: flag,
	onVersionMismatch: oneOf("warn", "reuse", "error", "restart"),
	onCrash: oneOf("report", "restart"),
	allowUpgrade: flag,
	startTimeoutMs: duration,
	lockTimeoutMs: duration,
	waitForRemote: flag,
	logger,
	signal: abortSignal,
	onEvent: callback,
};

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return value !== null && typeof value === "object" && !Array.isArray(value);
}

function protocolOf(text: string): string {
	return URL.canParse(text) ? new URL(text).protocol : "";
}
