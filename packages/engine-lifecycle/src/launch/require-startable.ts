import { type ManagedBy, requireLoopbackPorts, requirePorts } from "@rivetkit/engine-config";
import { EngineError } from "@rivetkit/engine-core";
import { resolverConfiguration } from "../binary/resolver-request.ts";
import type { EngineContext } from "../context.ts";

/**
 * Checks everything that needs no request to the endpoint, and returns whether an engine may be started there.
 *
 * @throws EngineError `invalid_endpoint`, `invalid_option`, `binary_not_found`, `binary_not_executable`,
 * `binary_wrong_platform`; `ports_in_use` for an address that is not this machine's.
 */
export async function requireStartable(context: EngineContext): Promise<ManagedBy> {
	await requireNamedBinary(context);
	const { endpoint, managedBy } = context.configuration.target;
	const maySpawnHere = managedBy.kind === "managed" && managedBy.maySpawn;
	if (maySpawnHere) requireLoopbackPorts(context.configuration);
	if (maySpawnHere && endpoint.reach === "other") await requireBindable(context);
	return managedBy;
}

/** Makes the error for a call that starts an engine, with options or variables which turn that off. */
export function spawnForbiddenError(context: EngineContext): EngineError<"invalid_option"> {
	const { spawn } = context.configuration;
	return new EngineError(
		"invalid_option",
		`Option 'spawn' is '${spawn.value}', so that no engine can be started.`,
		{
			metadata: {
				option: "spawn",
				hint: "Leave out the option `spawn` and the variable `RIVETKIT_ENGINE_SPAWN`.",
			},
		},
	);
}

/** Makes the error for a free endpoint where no engine may be started. */
export function spawningOffError(context: EngineContext): EngineError<"not_running"> {
	const { endpoint, spawn } = context.configuration;
	const { url } = endpoint.value;
	return new EngineError(
		"not_running",
		`No engine listens at '${url}', and starting an engine is turned off (\`spawn: ${spawn.value}\`).`,
		{
			metadata: {
				endpoint: url,
				hint: "Start the engine first, from a program that is allowed to, or let this program start it: set `spawn` (`RIVETKIT_ENGINE_SPAWN`) to `auto`.",
			},
		},
	);
}

/** Checks an explicitly named path before anything else. */
async function requireNamedBinary(context: EngineContext): Promise<void> {
	if (!context.configuration.binary.isNamed) return;
	const { checkNamedBinary } = await import("@rivetkit/engine-resolver");
	await checkNamedBinary(resolverConfiguration(context.configuration));
}

/**
 * Checks that an endpoint outside loopback is an address of this machine. The address of another machine would be
 * probed until the deadline before the start could fail.
 */
async function requireBindable(context: EngineContext): Promise<void> {
	const { guard } = requirePorts(context.configuration);
	const { checkPorts, portsInUseError } = await import("@rivetkit/engine-inspect");
	const taken = await checkPorts([{ role: "guard", ...guard }]);
	if (taken.some(({ code }) => code === "EADDRNOTAVAIL")) throw portsInUseError(taken);
}
