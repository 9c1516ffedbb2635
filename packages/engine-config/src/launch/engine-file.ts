import type { ClusterConfiguration } from "../cluster/read-cluster.ts";
import type { LaunchConfiguration } from "./read-launch.ts";

/** The settings from which the engine's configuration file is made. */
type FileSettings = Pick<LaunchConfiguration, "config"> &
	Pick<ClusterConfiguration, "storage" | "messaging" | "secrets">;

/**
 * Makes the content of the engine's configuration file: settings that do not fit into environment variables, such as lists,
 * and secrets, which must not be in them. Undefined if there are none, since an engine with a file ignores `/etc/rivet`.
 */
export function engineFile(settings: FileSettings): Readonly<Record<string, unknown>> | undefined {
	const { secrets } = settings;
	const config = settings.config.value;
	const parts = { ...postgres(settings), ...nats(settings) };
	if (secrets.adminToken !== undefined) {
		const auth = config?.["auth"];
		parts["auth"] = { ...(typeof auth === "object" ? auth : {}), admin_token: secrets.adminToken };
	}
	return config === undefined && Object.keys(parts).length === 0 ? undefined : { ...config, ...parts };
}

type Parts = Record<string, unknown>;

function postgres({ storage, secrets }: FileSettings): Parts {
	if (storage.value.kind === "file-system") return {};
	const { rootCertPath, clientCertPath, clientKeyPath } = storage.value.ssl ?? {};
	const ssl = {
		root_cert_path: rootCertPath,
		client_cert_path: clientCertPath,
		client_key_path: clientKeyPath,
	};
	return { postgres: { url: secrets.postgresUrl, ...(storage.value.ssl === undefined ? {} : { ssl }) } };
}

function nats({ messaging, secrets }: FileSettings): Parts {
	if (messaging.value.kind === "memory") return {};
	const { addresses, username } = messaging.value;
	return { nats: { addresses, username, password: secrets.natsPassword } };
}
