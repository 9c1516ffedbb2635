import { localReader } from "../reader/local-reader.ts";
import type { SystemReader } from "../reader/system-reader.ts";
import { requireAddress } from "../require-arguments.ts";
import { listeningSockets } from "./tcp-sockets.ts";

/** The addresses on which somebody listens on a TCP port. Empty where the system does not tell. */
export async function listeningAddresses(
	port: number,
	reader: SystemReader = localReader(),
): Promise<readonly string[]> {
	requireAddress(port, undefined);
	const sockets = await listeningSockets(reader);
	return [...new Set(sockets.filter(({ local }) => local.port === port).map(({ local }) => local.host))];
}
