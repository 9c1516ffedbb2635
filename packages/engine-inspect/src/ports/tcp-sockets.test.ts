import { describe, expect, test } from "vitest";
import { parseTcpSockets } from "../reader/proc-net.ts";
import type { TcpState } from "../reader/system-reader.ts";
import { connectionsTo } from "./connections.ts";
import { inodesListening } from "./tcp-sockets.ts";

// The format is that of Linux 6.18: an engine on 127.0.0.1:6420, a connection to it, servers on 0.0.0.0:22 and 127.0.0.2:6420.
const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1914 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 91234 1 0000000000000000 100 0 0 10 0
   1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1203 1 0000000000000000 100 0 0 10 0
   2: 0100007F:C350 0100007F:1914 01 00000000:00000000 00:00000000 00000000     0        0 91300 1 0000000000000000 20 4 30 10 -1
   3: 0100007F:1914 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 91301 1 0000000000000000 20 4 30 10 -1
   4: 0200007F:1914 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 91400 1 0000000000000000 100 0 0 10 0
`;
const TCP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000001000000:1914 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 95000 1 0000000000000000 100 0 0 10 0
   1: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 95001 1 0000000000000000 100 0 0 10 0
`;

// A client on 192.168.1.2, and a connection from here to port 6420 of that machine.
const AFAR = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0101A8C0:1914 0201A8C0:C350 01 00000000:00000000 00:00000000 00000000     0        0 91500 1 0000000000000000 20 4 30 10 -1
   1: 0101A8C0:C351 0201A8C0:1914 01 00000000:00000000 00:00000000 00000000     0        0 91501 1 0000000000000000 20 4 30 10 -1
`;
const HALF = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1914 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 91301 1 0000000000000000 20 4 30 10 -1
`;
const HALF6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0000000000000000FFFF00000100007F:C350 0000000000000000FFFF00000100007F:1914 01 00000000:00000000 00:00000000 00000000     0        0 95100 1 0000000000000000 20 4 30 10 -1
`;

describe("B32 the sockets of this machine", () => {
	test.each([
		["IPv4, listening sockets only", TCP, 6420, ["91234", "91400"]],
		["another port", TCP, 22, ["1203"]],
		["a client's port", TCP, 50_000, []],
		["a port whose number ends another's", TCP, 0x914, []],
		["IPv6", TCP6, 6420, ["95000"]],
		["IPv6, every address", TCP6, 8080, ["95001"]],
		["an empty table", "", 6420, []],
	])("gives the inodes for %s", (_, table, port, expected) => {
		expect([...inodesListening(parsed([table], "listening"), port)]).toEqual(expected);
	});

	test.each([
		["that address", "127.0.0.1", ["91234"]],
		["another address", "127.0.0.2", ["91400"]],
		["an address where nobody listens", "127.0.0.3", []],
	])("gives the inodes that connections reach by %s", (_, host, expected) => {
		expect([...inodesListening(parsed([TCP], "listening"), 6420, host)]).toEqual(expected);
	});

	test.each([
		["both ends here, each once", [TCP], 6420, undefined, [["127.0.0.1:50000", "91300"]]],
		["on that address", [TCP], 6420, "127.0.0.1", [["127.0.0.1:50000", "91300"]]],
		["on every address", [TCP], 6420, "0.0.0.0", [["127.0.0.1:50000", "91300"]]],
		["on another address", [TCP], 6420, "127.0.0.2", []],
		["to a port without any", [TCP], 22, undefined, []],
		["from another machine", [AFAR], 6420, undefined, [["192.168.1.2:50000", undefined]]],
		["to another machine's same port", [AFAR], 50_001, undefined, [["192.168.1.2:6420", undefined]]],
		["whose client speaks IPv6", [HALF, HALF6], 6420, undefined, [["127.0.0.1:50000", "95100"]]],
	])("gives the connections, %s", (_, tables, port, host, expected) => {
		const found = connectionsTo(parsed(tables, "established"), port, host);
		expect(found.map(({ client, clientInode }) => [client, clientInode])).toEqual(expected);
	});
});

function parsed(tables: readonly string[], state: TcpState) {
	return tables.flatMap((table) => parseTcpSockets(table, state));
}
