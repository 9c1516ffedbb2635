import { EngineError, requireOption } from "@rivetkit/engine-core";
import type { TakenPort } from "./check-ports.ts";

/**
 * Makes the error for ports that an engine needs and cannot bind: `ports_in_use`, or `invalid_endpoint` for an address
 * that this machine does not have.
 *
 * @throws EngineError `invalid_option`.
 */
export function portsInUseError(
	taken: readonly TakenPort[],
	detail?: string,
): EngineError<"invalid_endpoint" | "ports_in_use"> {
	requireTaken(taken);
	const missing = taken.find(({ code }) => code === "EADDRNOTAVAIL" || code === "EINVAL");
	if (missing !== undefined) {
		return new EngineError(
			"invalid_endpoint",
			`Engine endpoint 'http://${missing.host}:${missing.port}' is invalid: ${missing.host} is not an address of this machine, so the ${missing.role} port cannot be bound`,
			{ metadata: { ports: taken, hint: "Bind 127.0.0.1, 0.0.0.0, or an address that this machine has." } },
		);
	}
	const privileged = taken.some(({ code }) => code === "EACCES");
	return new EngineError(
		"ports_in_use",
		`The engine cannot bind ${describeTaken(taken)}${detail === undefined ? "" : `: ${detail}`}.`,
		{
			metadata: {
				ports: taken,
				hint: privileged
					? "Ports below 1024 need privileges; choose another with `bindPort`."
					: "Stop what holds the port, or choose another guard port with `bindPort`; the engine also needs that port plus 1 and plus 10.",
			},
		},
	);
}

/**
 * Names ports that are taken, each with its role and holder.
 *
 * @throws EngineError `invalid_option`.
 */
export function describeTaken(taken: readonly TakenPort[]): string {
	requireTaken(taken);
	const named = taken.map(
		({ port, role, code, holder }) =>
			`${port} (${role}${code === "EACCES" ? ", permission denied" : heldBy(holder)})`,
	);
	return named.join(" and ");
}

function requireTaken(taken: readonly TakenPort[]): void {
	const isList = Array.isArray(taken) && taken.every((one) => typeof one?.code === "string");
	requireOption("taken", isList, "a list of what `checkPorts` returns");
}

function heldBy(holder: TakenPort["holder"]): string {
	return holder === undefined
		? ", held by another process"
		: `, held by '${holder.name}' with pid ${holder.pid}`;
}
