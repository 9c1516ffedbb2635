import { requireOption } from "@rivetkit/engine-core";

/**
 * Checks that an argument is a number, as a pid is. A pid that no process has is not refused: it may come from the
 * record of a process that has ended.
 *
 * @throws EngineError `invalid_option`.
 */
export function requirePid(pid: number): void {
	requireOption("pid", typeof pid === "number", "the pid of a process");
}

/**
 * Checks that arguments are a port and an address.
 *
 * @throws EngineError `invalid_option`.
 */
export function requireAddress(port: number, host: string | undefined): void {
	requireOption("port", typeof port === "number", "the number of a port");
	requireOption("host", host === undefined || typeof host === "string", "an address such as 127.0.0.1");
}

/**
 * Checks that an argument is a list of addresses, each with a host.
 *
 * @throws EngineError `invalid_option`.
 */
export function requireAddresses(
	addresses: readonly { readonly port: number; readonly host: string }[],
): void {
	const isList = Array.isArray(addresses) && addresses.every((one) => typeof one?.host === "string");
	requireOption("addresses", isList, "a list of objects with a host and a port");
	for (const { port, host } of addresses) requireAddress(port, host);
}

/**
 * Checks that arguments are paths.
 *
 * @throws EngineError `invalid_option`, naming the argument.
 */
export function requirePaths(paths: Readonly<Record<string, string>>): void {
	for (const [name, path] of Object.entries(paths)) requireOption(name, typeof path === "string", "a path");
}
