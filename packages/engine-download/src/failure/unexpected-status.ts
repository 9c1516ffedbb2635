// From Node 22 on, an `import` of node:http reads all its exports, which loads the undici of Node: 25 ms, and a global.
const { STATUS_CODES } = process.getBuiltinModule("node:http");

/** Says in words that a status was not expected, with the usual name of the status. */
export function unexpectedStatus(status: number): string {
	return `unexpected status ${status} ${STATUS_CODES[status] ?? ""}`.trimEnd();
}
