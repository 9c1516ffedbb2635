/** How much sooner than it would be killed the engine ends by force by itself, and how much sooner than that it ends its services, in seconds. */
const MARGIN_S = 1;

/**
 * The variables by which an engine ends within a time: it knows whole seconds. It lets its services take their time, then ends
 * by force. A leader that is killed instead keeps all others from writing for some ten seconds.
 */
export function shutdownVariables(graceMs: number): Readonly<Record<string, string>> {
	const force = Math.max(2, Math.floor(graceMs / 1000) - MARGIN_S);
	const services = String(Math.max(1, force - MARGIN_S));
	return {
		RIVET__RUNTIME__WORKER_SHUTDOWN_DURATION: services,
		RIVET__RUNTIME__GUARD_SHUTDOWN_DURATION: services,
		RIVET__RUNTIME__FORCE_SHUTDOWN_DURATION: String(force),
	};
}
