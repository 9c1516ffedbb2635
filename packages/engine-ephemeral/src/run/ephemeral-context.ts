import {
	BINARY_TABLE,
	type Check,
	callback,
	checkOptions,
	checksOf,
	duration,
	flag,
	LAUNCH_TABLE,
	withoutClusterVariables,
} from "@rivetkit/engine-config";
import { CALL_CHECKS, type EngineContext, openContext } from "@rivetkit/engine-lifecycle";
import type { BoundOptions, EphemeralEngineOptions } from "../ephemeral-options.ts";
import { EPHEMERAL_HOST, ephemeralEndpoint, type Reservation } from "../reservation/reservation.ts";

/**
 * Checks every option, before anything is reserved or started.
 *
 * @throws EngineError `invalid_option`
 */
export function validateEphemeralOptions(options: EphemeralEngineOptions): void {
	checkOptions(options, CHECKS);
}

const CHECKS: { readonly [Name in keyof Required<EphemeralEngineOptions>]: Check } = {
	...checksOf(BINARY_TABLE),
	config: LAUNCH_TABLE.config.check,
	cwd: LAUNCH_TABLE.cwd.check,
	env: LAUNCH_TABLE.env.check,
	preset: LAUNCH_TABLE.preset.check,
	...CALL_CHECKS,
	timeoutMs: duration,
	onLog: callback,
	keepOnFailure: flag,
};

/**
 * Opens the context of a start with the ports and the storage of a reservation.
 *
 * The inherited environment cannot change the engine's address, storage or telemetry: these are set as options, which win
 * over environment variables. The engine inherits no `RIVET__*`. It always gets a configuration file, possibly empty, so
 * it does not read `/etc/rivet`. Environment variables may still name the binary.
 *
 * @throws EngineError as `readEngineConfiguration`; the signal's reason if it is aborted already.
 */
export function ephemeralContext(
	options: BoundOptions,
	{ port, storagePath }: Pick<Reservation, "port" | "storagePath">,
): EngineContext {
	const { environment, timeoutMs, onLog, keepOnFailure, ...rest } = options;
	const inherited = Object.entries(withoutClusterVariables(environment)).filter(
		([name]) => !/^RIVET__/i.test(name),
	);
	return openContext({
		...rest,
		environment: Object.fromEntries(inherited),
		config: rest.config ?? {},
		endpoint: ephemeralEndpoint(port).url,
		bindHost: EPHEMERAL_HOST,
		bindPort: port,
		spawn: "always",
		instancePath: storagePath,
		telemetry: false,
		// The database is new, so an upgrade cannot lock out an older engine.
		allowUpgrade: true,
		startTimeoutMs: timeoutMs,
	});
}
