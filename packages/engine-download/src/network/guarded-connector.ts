import type { buildConnector } from "undici";

/**
 * Wraps an undici connector to work around two faults of undici 7. (undici 8 needs Node.js 22.)
 *
 * If the parser is paused when a connection ends, an assertion of undici fails where nothing can catch the error, and
 * the process dies. If a proxy hangs up instead of opening a tunnel, undici repeats the request endlessly without a pause.
 *
 * @param stopPausing - Resumes the parser, and prevents it from being paused again.
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
			// Before the socket is destroyed: its events come later, when nothing can be read from it any more.
			const destroy = socket.destroy.bind(socket);
			socket.destroy = (reason) => {
				stopPausing();
				return destroy(reason);
			};
			callback(null, socket);
		});
	};
}

/** Returns whether an error has the code after which undici repeats the request. */
function hasHungUp(error: Error): boolean {
	return "code" in error && error.code === "UND_ERR_SOCKET";
}

function closedEarlyError(cause: Error): Error {
	const error = new Error("the connection was closed before it could be used", { cause });
	return Object.assign(error, { code: "ECONNRESET" });
}
