import net from "node:net";
import type { ServerAddress } from "@rivetkit/engine-core";

/** The time a server may take to accept a connection, in milliseconds. */
const LIMIT_MS = 2000;

/**
 * Returns why no connection to a server can be made; undefined if a connection was made. Sends nothing, and waits for
 * two seconds at most.
 */
export async function connectFailure(address: ServerAddress): Promise<string | undefined> {
	return await new Promise((resolve) => {
		const socket = net.connect(address);
		const done = (failure: string | undefined): void => {
			socket.destroy();
			resolve(failure);
		};
		socket.setTimeout(LIMIT_MS, () => done(`no answer within ${LIMIT_MS} ms`));
		socket.once("connect", () => done(undefined));
		// A host with several addresses fails with an error without a message.
		socket.once("error", ({ message, code }: NodeJS.ErrnoException) => done(message || code || "it failed"));
	});
}
