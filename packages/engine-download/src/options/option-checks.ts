import { hasMethod, isRecord, isText } from "@rivetkit/engine-core";

/** Returns what the value must be, such as `a string`; undefined if the value is valid. */
export type OptionCheck = (value: unknown) => string | undefined;

/** Makes a check that also accepts undefined. */
export function optional(check: OptionCheck): OptionCheck {
	return (value) => (value === undefined ? undefined : check(value));
}

/** Any string. The function that uses the string checks its format. */
export const string: OptionCheck = (value) => (typeof value === "string" ? undefined : "a string");

/** The path of a file or folder. */
export const filePath: OptionCheck = (value) =>
	isText(value) ? undefined : "a string that is neither empty nor contains NUL";

/** A release server: a URL or a folder. */
export const releaseServer: OptionCheck = (value) =>
	isString(value) && !value.includes("\0") ? undefined : "a URL or a folder";

/** A release server, or a list of release servers. */
export const releaseServers: OptionCheck = (value) =>
	[value].flat().every((one) => releaseServer(one) === undefined)
		? undefined
		: "a URL, a folder, or a list of them";

/** A boolean. The string `false` is refused, because it would count as true. */
export const flag: OptionCheck = (value) => (typeof value === "boolean" ? undefined : "true or false");

/** A number. The function that uses the number checks its range. */
export const number: OptionCheck = (value) => (typeof value === "number" ? undefined : "a number");

/** A function. */
export const callback: OptionCheck = (value) => (typeof value === "function" ? undefined : "a function");

/** An AbortSignal, even from another realm: test environments for browsers have their own `AbortSignal`. */
export const abortSignal: OptionCheck = (value) =>
	hasMethods(value, ["addEventListener", "removeEventListener", "throwIfAborted"])
		? undefined
		: "an AbortSignal";

/** A logger. */
export const logger: OptionCheck = (value) =>
	hasMethods(value, ["debug", "info", "warn", "error"])
		? undefined
		: "a logger with debug, info, warn and error";

/** Environment variables. Those with the given names must be strings if they are set. */
export function environmentWith(names: readonly string[]): OptionCheck {
	return (value) =>
		isRecord(value) && names.every((name) => value[name] === undefined || isString(value[name]))
			? undefined
			: "an object of environment variables";
}

function isString(value: unknown): value is string {
	return typeof value === "string";
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
	return names.every((name) => hasMethod(value, name));
}
