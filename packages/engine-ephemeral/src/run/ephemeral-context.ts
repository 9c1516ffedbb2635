import {
	BINARY_TABLE,
	type Check,
	callback,
	checkOptions,
	checksOf,
	duration,
	flag,
	LAUNCH_TABLE,
	text,
	withoutClusterVariables,
} from "@rivetkit/engine-config";
import type { Environment } from "@rivetkit/engine-core";
import { CALL_CHECKS, type EngineContext, openContext } from "@rivetkit/engine-lifecycle";
import type { EphemeralEngineOptions } from "../ephemeral-options.ts";
import type { Reservation } from "../reservation/reservation.ts";
import { EPHEMERAL_HOST } from "../reservation/reserve.ts";

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
	sharedKey: text,
};

/**
 * What a start in this place needs. Nothing that is inherited moves the engine or changes it: its address, storage and
 * telemetry are given as options, which come before variables; it gets no inherited `RIVET__*`; and because it has a
 * configuration file, be it an empty one, it does not read `/etc/rivet`. Variables still say which binary that is.
 *
 * @throws EngineError as `readEngineConfiguration`; the signal's reason if it is aborted already.
 */
export function ephemeralContext(
	environment: Environment,
	options: EphemeralEngineOptions,
	{ port, storagePath }: Pick<Reservation, "port" | "storagePath">,
): EngineContext {
	const { timeoutMs, onLog: _, keepOnFailure: __, sharedKey: ___, environment: ____, ...rest } = options;
	const inherited = Object.entries(withoutClusterVariables(environment)).filter(
		([name]) => !/^RIVET__/i.test(name),
	);
	return openContext({
		...rest,
		environment: Object.fromEntries(inherited),
		config: rest.config ?? {},
		endpoint: `http://${EPHEMERAL_HOST}:${port}`,
		bindHost: EPHEMERAL_HOST,
		bindPort: port,
		spawn: "always",
		instancePath: storagePath,
		telemetry: false,
		// There is nobody that the database could be taken from.
		allowUpgrade: true,
		startTimeoutMs: timeoutMs,
	});
}
