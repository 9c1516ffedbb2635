import { describe, expect, it } from "vitest";
import { shutdownVariables } from "./shutdown-variables.ts";

describe("B42 the grace of an engine in the foreground", () => {
	it.each([
		[1, 0, 2],
		[1999, 0, 2],
		[2000, 1, 2],
		[3000, 1, 2],
		[3999, 1, 2],
		[4000, 2, 3],
		[25_000, 23, 24],
		[600_000, 598, 599],
	])("of %i ms gives its services %i s, and ends it by force after %i s", (graceMs, services, force) => {
		expect(shutdownVariables(graceMs)).toEqual({
			RIVET__RUNTIME__WORKER_SHUTDOWN_DURATION: String(services),
			RIVET__RUNTIME__GUARD_SHUTDOWN_DURATION: String(services),
			RIVET__RUNTIME__FORCE_SHUTDOWN_DURATION: String(force),
		});
	});
});
