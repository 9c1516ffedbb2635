import {
	type EngineConfiguration,
	type EngineOptions,
	OPTION_NAMES,
	type Origin,
	type Setting,
} from "@rivetkit/engine-config";
import { redactUrl } from "@rivetkit/engine-core";

/** A setting and its origin. */
export interface ReportedSetting {
	/** The option's name. */
	readonly name: string;
	/** The value without credentials; for an object, which may contain secrets, only its names. Undefined if not set. */
	readonly value: string | undefined;
	readonly origin: Origin;
}

/** Lists every setting of a configuration. */
export function reportSettings(configuration: EngineConfiguration): readonly ReportedSetting[] {
	const others = OPTION_NAMES.filter((name) => !ORDER.includes(name));
	return [...ORDER, ...others].flatMap((name) => reportOption(name, configuration));
}

/** The options that are listed first: the options of the address, then the options of the servers. */
const ORDER: readonly (keyof EngineOptions)[] = [
	"endpoint",
	"bindHost",
	"bindPort",
	"peerHost",
	"metricsHost",
	"publicUrl",
	"storage",
	"messaging",
	"topology",
	"ready",
	"unsafelyExposeUnauthenticatedPorts",
	"adminToken",
	"spawn",
	"binaryPath",
	"cargoRoot",
	"version",
	"autoDownload",
	"unsafelyAllowHttp",
	"releasesEndpoint",
	"storageRoot",
	"instancePath",
];

function reportOption(
	name: keyof EngineOptions,
	configuration: EngineConfiguration,
): readonly ReportedSetting[] {
	const { endpoint, storage, messaging, datacenterLabel, peerUrl, adminToken, database } = configuration;
	switch (name) {
		case "endpoint":
			return [reported(name, { ...endpoint, value: endpoint.value.url })];
		case "storage":
			return [
				reported(name, {
					...storage,
					value: database.kind === "postgres" ? database.name : storage.value.kind,
				}),
			];
		case "messaging": {
			const value =
				messaging.value.kind === "nats" ? `nats at ${messaging.value.addresses.join(" ")}` : "memory";
			return [reported(name, { ...messaging, value })];
		}
		case "topology":
			return [reported("datacenterLabel", datacenterLabel), reported("peerUrl", peerUrl)];
		case "adminToken":
			return [reported(name, { ...adminToken, value: adminToken.value ? "set" : undefined })];
		default:
			return [reported(name, configuration[name])];
	}
}

function reported(name: string, { value, origin }: Setting<unknown>): ReportedSetting {
	return { name, value: shown(value), origin };
}

/** Formats a value without secrets. The values in an object may be secrets, so only their names are shown. */
function shown(value: unknown): string | undefined {
	if (value === undefined) return undefined;
	if (Array.isArray(value)) return value.map((item) => redactUrl(String(item))).join(" ");
	if (typeof value === "object" && value !== null) return Object.keys(value).join(", ") || undefined;
	return redactUrl(String(value));
}
