import type { EngineConfiguration } from "@rivetkit/engine-config";
import { engineFile, SECRET_VARIABLE_NAMES } from "@rivetkit/engine-config";
import type { EnginePorts } from "@rivetkit/engine-core";
import type { EngineLaunch } from "@rivetkit/engine-spawn";

/** Says how the engine of this configuration is spawned. */
export function launchRequest(configuration: EngineConfiguration, ports: EnginePorts): EngineLaunch {
	const { layout, secrets, telemetry } = configuration;
	const isPostgres = configuration.storage.value.kind === "postgres";
	return {
		...ports,
		// The engine refuses a path beside PostgreSQL.
		databasePath: isPostgres ? undefined : layout.databasePath,
		publicUrl: configuration.publicUrl.value,
		peerUrl: configuration.peerUrl.value,
		datacenterLabel: configuration.datacenterLabel.value,
		preset: configuration.preset.value,
		telemetry: telemetry.value,
		environment: configuration.environment,
		withheld: { names: SECRET_VARIABLE_NAMES, values: secrets.values },
		env: configuration.env,
		configPath: engineFile(configuration) === undefined ? undefined : layout.configPath,
	};
}
