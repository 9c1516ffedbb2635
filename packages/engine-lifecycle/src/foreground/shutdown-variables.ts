/**
 * Makes the variables by which an engine ends within a grace. The engine counts in whole seconds. Its services get all
 * seconds but the last two, or the first second of a short grace; one second later the engine ends by force. In a grace
 * below 2 s the services get no time: work under way is cut off, and the engine still ends properly. A leader that is
 * killed instead keeps all other engines from writing for some ten seconds.
 *
 * An engine whose services get as much time as the engine itself ends by force each time, with exit code 1. An engine that
 * is given 1 s ends by force, too, whenever a service ends before the engine knows that it shall end: the engine takes
 * that for a crash, and starts the service again after 1 s.
 */
export function shutdownVariables(graceMs: number): Readonly<Record<string, string>> {
	const services = graceMs < 2000 ? 0 : Math.max(1, Math.floor(graceMs / 1000) - 2);
	return {
		RIVET__RUNTIME__WORKER_SHUTDOWN_DURATION: String(services),
		RIVET__RUNTIME__GUARD_SHUTDOWN_DURATION: String(services),
		RIVET__RUNTIME__FORCE_SHUTDOWN_DURATION: String(Math.max(2, services + 1)),
	};
}
