import type { buildConnector } from "undici";

/**
 * Wraps a connector of undici against two faults of its version 7; version 8 needs Node.js 22.
 *
 * If the parser is paused when a connection ends, undici fails an assertion that nothing can catch, and the process
 * dies. If a proxy hangs up instead of opening a tunnel, undici asks it again without a pause and without an end.
 *
 * @param stopPausing - Resumes the parser, and keeps it from being paused again.
 * @see https://github.com/nodejs/undici/issues/5360
 */
export function guardedConnector(
	connector: buildConnector.connector,
	stopPausing: () => void,
): buildConnector.connector {
	return (options, callback) => {
		connector(options, (...[error, socket]) => {
			if (error !== null) {
				callback(hasHungUp(error) ? closedEarlyError(error) : error, null);
				return;
			}
			socket.prependListener("end", stopPausing);
			// The events of a destroyed socket come too late: nothing can be read from it any more.
			const destroy = socket.destroy.bind(socket);
			socket.destroy = (reason) => {
				stopPausing();
				return destroy(reason);
			};
			callback(null, socket);
		});
	};
}

/** Tells whether an error has the code after which undici asks again: the code of a connection that was kept too long. */
function hasHungUp(error: Error): boolean {
	return "code" in error && error.code === "UND_ERR_SOCKET";
}

function closedEarlyError(cause: Error): Error {
	const error = new Error("the connection was closed before it could be used", { cause });
	return Object.assign(error, { code: "ECONNRESET" });
}
