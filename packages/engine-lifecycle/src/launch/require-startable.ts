import { type ManagedBy, requireLoopbackPorts, requirePorts } from "@rivetkit/engine-config";
import { EngineError } from "@rivetkit/engine-core";
import { resolverConfiguration } from "../binary/resolver-request.ts";
import type { EngineContext } from "../context.ts";

/**
 * Checks what can be checked before the endpoint is asked, and says whether an engine may be started there.
 *
 * @throws EngineError `invalid_endpoint`, `invalid_option`, `binary_not_found`, `binary_not_executable`, `binary_wrong_platform`.
 */
export async function requireStartable(context: EngineContext): Promise<ManagedBy> {
	await requireNamedBinary(context);
	const { endpoint, managedBy: management } = context.configuration.target;
	const maySpawnHere = management.kind === "managed" && management.maySpawn;
	if (maySpawnHere) requireLoopbackPorts(context.configuration);
	if (maySpawnHere && endpoint.reach === "other") await requireBindable(context);
	return management;
}

/** The error for a free endpoint where no engine may be started. */
export function spawningOffError(context: EngineContext): EngineError<"health_check_failed"> {
	const endpoint = context.configuration.endpoint.value.url;
	return new EngineError(
		"health_check_failed",
		`Engine health check failed after 1 attempts: nothing listens on '${endpoint}', and starting an engine is turned off`,
		{
			metadata: {
				endpoint,
				hint: "Start the engine first (`rivet-enginectl start`), or set `RIVETKIT_ENGINE_SPAWN` (option `spawn`) to `auto`.",
			},
		},
	);
}

/** A path that was named must be right before anything else is looked at. */
async function requireNamedBinary(context: EngineContext): Promise<void> {
	if (!context.configuration.binary.isNamed) return;
	const { checkNamedBinary } = await import("@rivetkit/engine-resolver");
	await checkNamedBinary(resolverConfiguration(context.configuration));
}

/**
 * An endpoint that is not loopback may not be this machine's. It would be probed until the deadline before
 * the start could fail, so it is refused first.
 */
async function requireBindable(context: EngineContext): Promise<void> {
	const { guard } = requirePorts(context.configuration);
	const { checkPorts, portsInUseError } = await import("@rivetkit/engine-inspect");
	const taken = await checkPorts([{ role: "guard", ...guard }]);
	if (taken.some(({ code }) => code === "EADDRNOTAVAIL")) throw portsInUseError(taken);
}
