import { EngineError } from "@rivetkit/engine-core";
import {
	type Check,
	duration,
	engineSettings,
	engineVariables,
	flag,
	isRecord,
	oneOf,
	port,
	releasesEndpoint,
	text,
	url,
	version,
} from "./checks.ts";
import * as cluster from "./cluster/cluster-checks.ts";
import type { EngineOptions } from "./engine-options.ts";

/**
 * Checks that every option is known and of its type. What is undefined counts as not given.
 *
 * @throws EngineError `invalid_option`, naming the option.
 */
export function validateOptions(options: EngineOptions): void {
	checkOptions(options, OPTION_CHECKS);
}

/** {@link validateOptions} by checks of one's own. */
export function checkOptions(options: object, checks: Readonly<Record<string, Check>>): void {
	if (!isRecord(options)) throw invalidOptionError("options", options, "an object");
	for (const [name, value] of Object.entries(options)) {
		const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
		if (check === undefined) {
			throw new EngineError("invalid_option", `Option '${name}' is unknown.`, {
				metadata: { option: name, hint: `Known options: ${Object.keys(checks).join(", ")}.` },
			});
		}
		if (value === undefined) continue;
		const expected = check(value);
		if (expected !== undefined) throw invalidOptionError(name, value, expected);
	}
}

/** The error for a value that cannot be used, given as an option or by a variable. */
export function invalidOptionError(
	name: string,
	value: unknown,
	expected: string,
	kind: "option" | "variable" = "option",
): EngineError<"invalid_option"> {
	const subject = kind === "option" ? "Option" : "Variable";
	// Never a secret, not even a part of one: what cannot be used may be one with a slip in it.
	const isTold = value !== undefined && !HOLDS_SECRETS.test(name) && !isRecord(value);
	const given = isTold ? `, not ${describeValue(value)}` : "";
	return new EngineError("invalid_option", `${subject} '${name}' must be ${expected}${given}.`, {
		metadata: { [kind]: name },
	});
}

const HOLDS_SECRETS = /token|password|postgres_url|nats|^storage$|^messaging$|^topology$/i;

function describeValue(value: unknown): string {
	// It may have a password in it, also where it lacks what makes it a URL.
	if (typeof value === "string") return `'${withoutCredentials(value)}'`;
	if (typeof value === "number" || value === null) return String(value);
	if (!Array.isArray(value)) return `of type ${typeof value}`;
	return value.length === 0 ? "an empty array" : value.map(describeValue).join(", ");
}

function withoutCredentials(text: string): string {
	// In what cannot be used they end nowhere for certain but at the last `@`.
	return text.replace(/^([^:]*:\/\/).*@|^.*:.*@/s, "$1***@");
}

/** What each option must be. */
export const OPTION_CHECKS: { readonly [Name in keyof Required<EngineOptions>]: Check } = {
	endpoint: text,
	bindHost: text,
	bindPort: port,
	peerHost: text,
	metricsHost: text,
	publicUrl: url,
	spawn: oneOf("auto", "always", "never"),
	binaryPath: text,
	cargoRoot: text,
	version,
	autoDownload: flag,
	releasesEndpoint,
	unsafelyAllowHttp: flag,
	storageRoot: text,
	instancePath: text,
	env: engineVariables,
	config: engineSettings,
	cwd: text,
	preset: oneOf("local-dev", "engine-defaults"),
	telemetry: flag,
	storage: cluster.storage,
	messaging: cluster.messaging,
	topology: cluster.topology,
	adminToken: cluster.token,
	ready: cluster.readiness,
	unsafelyExposeUnauthenticatedPorts: flag,
	onVersionMismatch: oneOf("warn", "reuse", "error", "restart"),
	onCrash: oneOf("report", "restart"),
	allowUpgrade: flag,
	startTimeoutMs: duration,
	lockTimeoutMs: duration,
	waitForRemote: flag,
};
