/**
 * The variables by which an engine ends within a time: it knows whole seconds. Its services get all but the last two of
 * them, or of a short time the first one, and after one more it ends by force. Of a time below 2 s they get nothing: what
 * is under way is cut off, and the engine still ends properly. A leader that is killed instead keeps all others from
 * writing for some ten seconds.
 *
 * An engine whose services get as much as itself ends by force each time, with exit code 1. So does one that is given
 * 1 s whenever a service ends before the engine has seen that it shall: it takes that for a crash, and starts the service
 * again after 1 s.
 */
export function shutdownVariables(graceMs: number): Readonly<Record<string, string>> {
	const services = graceMs < 2000 ? 0 : Math.max(1, Math.floor(graceMs / 1000) - 2);
	return {
		RIVET__RUNTIME__WORKER_SHUTDOWN_DURATION: String(services),
		RIVET__RUNTIME__GUARD_SHUTDOWN_DURATION: String(services),
		RIVET__RUNTIME__FORCE_SHUTDOWN_DURATION: String(Math.max(2, services + 1)),
	};
}
