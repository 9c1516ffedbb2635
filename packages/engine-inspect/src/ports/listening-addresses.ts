import { localReader } from "../reader/local-reader.ts";
import type { SystemReader } from "../reader/system-reader.ts";
import { requireAddress } from "../require-arguments.ts";
import { listeningSockets } from "./tcp-sockets.ts";

/**
 * Lists the addresses on which a TCP port of this machine is listened to. Empty if the system does not report them.
 *
 * @throws EngineError `invalid_option`.
 */
export async function listeningAddresses(
	port: number,
	reader: SystemReader = localReader(),
): Promise<readonly string[]> {
	requireAddress(port, undefined);
	const sockets = await listeningSockets(reader);
	return [...new Set(sockets.filter(({ local }) => local.port === port).map(({ local }) => local.host))];
}
