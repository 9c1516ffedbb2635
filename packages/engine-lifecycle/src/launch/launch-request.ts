import { type EngineConfiguration, engineFile, SECRET_VARIABLE_NAMES } from "@rivetkit/engine-config";
import type { EnginePorts } from "@rivetkit/engine-core";
import type { EngineLaunch } from "@rivetkit/engine-spawn";

/** Makes the launch settings for the engine of this configuration. */
export function launchRequest(configuration: EngineConfiguration, ports: EnginePorts): EngineLaunch {
	const { target, database, telemetry } = configuration;
	return {
		...ports,
		// The engine refuses a path beside PostgreSQL.
		databasePath: database.kind === "folder" ? database.path : undefined,
		publicUrl: configuration.publicUrl.value,
		peerUrl: configuration.peerUrl.value,
		datacenterLabel: configuration.datacenterLabel.value,
		preset: configuration.preset.value,
		telemetry: telemetry.value,
		environment: configuration.environment,
		withheld: SECRET_VARIABLE_NAMES,
		env: configuration.env.value,
		configPath: engineFile(configuration) === undefined ? undefined : target.layout.configPath,
	};
}
