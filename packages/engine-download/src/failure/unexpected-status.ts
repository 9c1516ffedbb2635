// From Node 22 on, `import` reads all that the module exports, and with it loads Node's undici: 25 ms, and a global.
const { STATUS_CODES } = process.getBuiltinModule("node:http");

/** Says which status was not expected, with its usual name. */
export function unexpectedStatus(status: number): string {
	return `unexpected status ${status} ${STATUS_CODES[status] ?? ""}`.trimEnd();
}
