import path from "node:path";
import type { Environment } from "@rivetkit/engine-core";
import { isRecord } from "@rivetkit/engine-core";
import { type Check, text, withoutOthers } from "../checks.ts";
import { invalidOptionError } from "../invalid-option.ts";
import { DEFAULT_ORIGIN, optionSetting, type Setting } from "../setting.ts";
import type { ClusterOptions, PostgresSsl } from "./cluster-options.ts";
import { parsePostgresUrl, type ValidPostgresUrl } from "./postgres-url.ts";
import { SECRET_VARIABLES, secretVariable } from "./secret-variables.ts";
import { optionOr, type TextSetting, textVariable } from "./text-setting.ts";

/** The place of an engine's data, with its secrets. */
export type StorageWithSecrets =
	| { readonly kind: "file-system" }
	| { readonly kind: "postgres"; readonly parsed: ValidPostgresUrl; readonly ssl: PostgresSsl | undefined };

/**
 * Reads the place of an engine's data.
 *
 * @throws EngineError `invalid_option`
 */
export function readStorage(
	{ storage }: ClusterOptions,
	environment: Environment,
	workingDirectory: string,
): Setting<StorageWithSecrets> {
	if (storage?.kind === "file-system") return optionSetting("storage", storage, storage);
	const url = optionOr("storage", storage?.url, () =>
		secretVariable(SECRET_VARIABLES.postgresUrl, environment, workingDirectory),
	);
	if (url === undefined) {
		if (storage === undefined) return { value: { kind: "file-system" }, origin: DEFAULT_ORIGIN };
		throw invalidOptionError(
			"storage",
			storage,
			"given with a `url`, or with `RIVETKIT_ENGINE_POSTGRES_URL` beside it",
		);
	}
	const parsed = requirePostgresUrl(url);
	const certificate = (name: keyof PostgresSsl, variable: string): string | undefined => {
		const file = storage?.ssl?.[name] ?? textVariable(variable, environment)?.text;
		return file === undefined ? undefined : path.resolve(workingDirectory, file);
	};
	const files = CERTIFICATES.flatMap(({ name, variable }) => {
		const found = certificate(name, variable);
		return found === undefined ? [] : [[name, found] as const];
	});
	const ssl: PostgresSsl | undefined = files.length === 0 ? undefined : Object.fromEntries(files);
	if ((ssl?.clientCertPath === undefined) !== (ssl?.clientKeyPath === undefined)) {
		throw invalidOptionError(
			"storage",
			storage,
			"given both `clientCertPath` and `clientKeyPath`, or neither",
		);
	}
	return { value: { kind: "postgres", parsed, ssl }, origin: url.origin };
}

/** The certificate files for PostgreSQL, each with its environment variable. */
const CERTIFICATES = [
	{ name: "rootCertPath", variable: "RIVETKIT_ENGINE_POSTGRES_ROOT_CERT" },
	{ name: "clientCertPath", variable: "RIVETKIT_ENGINE_POSTGRES_CLIENT_CERT" },
	{ name: "clientKeyPath", variable: "RIVETKIT_ENGINE_POSTGRES_CLIENT_KEY" },
] as const;

/** The environment variables for storage, without the `_FILE` variant. */
export const STORAGE_VARIABLES: readonly string[] = [
	...SECRET_VARIABLES.postgresUrl,
	...CERTIFICATES.map(({ variable }) => variable),
];

function requirePostgresUrl(url: TextSetting): ValidPostgresUrl {
	const parsed = parsePostgresUrl(url.text);
	if (parsed.kind === "valid") return parsed;
	const { name, kind } = url.origin;
	throw invalidOptionError(name, url.text, `a PostgreSQL URL: ${parsed.reason}`, kind);
}

/** Checks the option `storage`. */
export const storageCheck: Check = (value) => {
	if (!isRecord(value)) return STORAGE;
	if (value["kind"] === "file-system") return withoutOthers(value, ["kind"], "storage");
	if (value["kind"] !== "postgres") return STORAGE;
	const flaw = value["url"] === undefined ? undefined : urlFlaw(value["url"]);
	if (flaw !== undefined) return `one whose \`storage.url\` is a PostgreSQL URL: ${flaw}`;
	return ssl(value["ssl"]) ?? withoutOthers(value, ["kind", "url", "ssl"], "storage");
};

const STORAGE = "{ kind: 'file-system' }, or { kind: 'postgres', url }";

/** Returns what is wrong with a URL, without the URL itself, since it may contain a password. */
function urlFlaw(value: unknown): string | undefined {
	if (text(value) !== undefined) return "it is like postgresql://user:password@host:5432/database";
	const parsed = parsePostgresUrl(value as string);
	return parsed.kind === "valid" ? undefined : parsed.reason;
}

function ssl(value: unknown): string | undefined {
	if (value === undefined) return undefined;
	const names = CERTIFICATES.map(({ name }) => name);
	if (!isRecord(value)) return `one whose \`storage.ssl\` is an object with ${names.join(", ")}`;
	const wrong = names.find((name) => value[name] !== undefined && text(value[name]) !== undefined);
	if (wrong !== undefined) return `one whose \`storage.ssl.${wrong}\` is the path of a file`;
	return withoutOthers(value, names, "storage.ssl");
}
