import type { EngineConfiguration, Origin, Setting } from "@rivetkit/engine-config";
import { postgresName } from "@rivetkit/engine-config";
import { redactSecrets } from "@rivetkit/engine-core";
import { urlWithoutSecrets } from "./without-secrets.ts";

/** A setting, and where it came from. */
export interface ReportedSetting {
	/** The option's name. */
	readonly name: string;
	/** Without credentials; of what may hold secrets only the names. Undefined where nothing is set. */
	readonly value: string | undefined;
	readonly origin: Origin;
}

/** Every setting of a configuration. */
export function reportSettings(configuration: EngineConfiguration): readonly ReportedSetting[] {
	const { endpoint, publicUrl, releasesEndpoints, env, config, cwd, environment } = configuration;
	const { storage, messaging, adminToken } = configuration;
	const binaryVariable = ["RIVET_ENGINE_BINARY_PATH", "RIVET_ENGINE_BINARY"].find(
		(name) => environment[name],
	);
	const binaryPath =
		configuration.binaryPath.value === undefined && binaryVariable !== undefined
			? fromVariable(environment[binaryVariable], binaryVariable)
			: configuration.binaryPath;
	return [
		reported("endpoint", { ...endpoint, value: endpoint.value.url }),
		...(["bindHost", "bindPort", "peerHost", "metricsHost"] as const).map((name) =>
			reported(name, configuration[name]),
		),
		reported("publicUrl", { ...publicUrl, value: publicUrl.value && urlWithoutSecrets(publicUrl.value) }),
		reported("storage", { ...storage, value: postgresName(configuration) ?? storage.value.kind }),
		reported("messaging", {
			...messaging,
			value: messaging.value.kind === "nats" ? `nats at ${messaging.value.addresses.join(" ")}` : "memory",
		}),
		...(["datacenterLabel", "peerUrl", "ready", "unsafelyExposeUnauthenticatedPorts"] as const).map((name) =>
			reported(name, configuration[name]),
		),
		reported("adminToken", { ...adminToken, value: adminToken.value ? "set" : undefined }),
		reported("spawn", configuration.spawn),
		reported("binaryPath", binaryPath),
		...(["cargoRoot", "version", "autoDownload"] as const).map((name) => reported(name, configuration[name])),
		reported("unsafelyAllowHttp", configuration.unsafelyAllowHttp),
		reported("releasesEndpoint", {
			...releasesEndpoints,
			value: releasesEndpoints.value.map(urlWithoutSecrets).join(" "),
		}),
		...(["storageRoot", "instancePath"] as const).map((name) => reported(name, configuration[name])),
		reported("env", asOption("env", namesIn(env))),
		reported("config", asOption("config", namesIn(config ?? {}))),
		reported("cwd", asOption("cwd", cwd)),
		...(
			[
				"preset",
				"telemetry",
				"onVersionMismatch",
				"onCrash",
				"allowUpgrade",
				"startTimeoutMs",
				"lockTimeoutMs",
				"waitForRemote",
			] as const
		).map((name) => reported(name, configuration[name])),
	];
}

function reported(name: string, { value, origin }: Setting<unknown>): ReportedSetting {
	return { name, value: value === undefined ? undefined : redactSecrets(String(value)), origin };
}

function fromVariable(value: string | undefined, name: string): Setting<string | undefined> {
	return { value, origin: { kind: "variable", name } };
}

function asOption(name: string, value: string | undefined): Setting<string | undefined> {
	return { value, origin: value === undefined ? { kind: "default" } : { kind: "option", name } };
}

/** The values may be secrets. */
function namesIn(record: Readonly<Record<string, unknown>>): string | undefined {
	const names = Object.keys(record);
	return names.length === 0 ? undefined : names.join(", ");
}
