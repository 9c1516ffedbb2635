import type { buildConnector } from "undici";

/**
 * A connector that keeps undici from two things that its version 7 does; version 8 needs Node.js 22.
 *
 * Its parser must not be paused when a connection ends: where the server does not keep connections, that is an
 * assertion which nothing can catch, and which ends the process. And where a proxy hangs up rather than open a
 * tunnel, it asks again without pause and without end.
 *
 * @param readOn - Resumes what is paused.
 * @see https://github.com/nodejs/undici/issues/5360
 */
export function guardedConnector(
	connector: buildConnector.connector,
	readOn: () => void,
): buildConnector.connector {
	return (options, callback) => {
		connector(options, (...[error, socket]) => {
			if (error !== null) {
				callback(hasHungUp(error) ? closedEarlyError(error) : error, null);
				return;
			}
			socket.prependListener("end", readOn);
			// Before the events of its end, when it is too late to read.
			const destroy = socket.destroy.bind(socket);
			socket.destroy = (reason) => {
				readOn();
				return destroy(reason);
			};
			callback(null, socket);
		});
	};
}

/** By this code undici takes a connection for one that had been kept for too long. */
function hasHungUp(error: Error): boolean {
	return "code" in error && error.code === "UND_ERR_SOCKET";
}

function closedEarlyError(cause: Error): Error {
	const error = new Error("the connection was closed before it could be used", { cause });
	return Object.assign(error, { code: "ECONNRESET" });
}
