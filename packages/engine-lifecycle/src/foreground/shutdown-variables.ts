/**
 * Makes the environment variables that let an engine end within a grace. The engine counts in whole seconds. Its
 * services get all seconds but the last two, or the first second of a short grace; one second later the engine ends
 * by force. In a grace below 2 s the services get no time: current work is cut off, but the engine still ends in
 * order. A leader that is killed instead keeps all other engines from writing for some ten seconds.
 *
 * An engine whose services get as much time as the engine itself ends by force each time, with exit code 1. An engine
 * with 1 s also ends by force whenever a service ends before the engine knows about its own shutdown: the engine
 * takes that for a crash, and starts the service again after 1 s.
 */
export function shutdownVariables(graceMs: number): Readonly<Record<string, string>> {
	const services = graceMs < 2000 ? 0 : Math.max(1, Math.floor(graceMs / 1000) - 2);
	return {
		RIVET__RUNTIME__WORKER_SHUTDOWN_DURATION: String(services),
		RIVET__RUNTIME__GUARD_SHUTDOWN_DURATION: String(services),
		RIVET__RUNTIME__FORCE_SHUTDOWN_DURATION: String(Math.max(2, services + 1)),
	};
}
