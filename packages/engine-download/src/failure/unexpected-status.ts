// From Node 22 on, an `import` of node:http reads all its exports. Reading them loads Node's undici: 25 ms and a new global.
const { STATUS_CODES } = process.getBuiltinModule("node:http");

/** Describes a status that was not expected, with the usual name of the status. */
export function unexpectedStatus(status: number): string {
	return `unexpected status ${status} ${STATUS_CODES[status] ?? ""}`.trimEnd();
}
