import { describe, expect, test } from "vitest";
import { parseAddress, parseTcpSockets } from "./proc-net.ts";

// The format is that of Linux 6.18: a listening socket, and a socket whose connection ends.
const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1914 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 91234 1 0000000000000000 100 0 0 10 0
   1: 0100007F:1914 0200007F:C350 06 00000000:00000000 03:00000f0a 00000000     0        0 0 3 0000000000000000
`;

describe("B32 the kernel's table of sockets", () => {
	test("is read for one state", () => {
		const local = { host: "127.0.0.1", port: 6420 };
		const remote = { host: "0.0.0.0", port: 0 };
		expect(parseTcpSockets(TCP, "listening")).toEqual([{ local, remote, inode: "91234" }]);
		expect(parseTcpSockets(TCP, "established")).toEqual([]);
		expect(parseTcpSockets("", "listening")).toEqual([]);
	});

	test.each([
		["0100007F:1914", "127.0.0.1"],
		["00000000:0016", "0.0.0.0"],
		["0201A8C0:1914", "192.168.1.2"],
		["00000000000000000000000001000000:1914", "::1"],
		["00000000000000000000000000000000:1F90", "::"],
		["B80D0120000000000000000001000000:1914", "2001:db8::1"],
		["0000000000000000FFFF00000100007F:1914", "::ffff:7f00:1"],
	])("writes %s as %s", (field, expected) => {
		expect(parseAddress(field)).toBe(expected);
	});
});
