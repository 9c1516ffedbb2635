import { CLUSTER_TEXTS } from "./cluster-texts.ts";
import type { ExitExplanation } from "./exit-explanation.ts";
import type { KnownText } from "./known-text.ts";
import { shorten } from "./shorten.ts";

/** Explains an end from a known text in the engine's log. Returns undefined if the log has no such text. */
export function explainKnownText(logTail: readonly string[]): ExitExplanation | undefined {
	const text = logTail.join("\n");
	for (const { pattern, code, reason, hint } of KNOWN_TEXTS) {
		const match = pattern.exec(text);
		if (match !== null) return { code, reason: reason(match), hint };
	}
	return undefined;
}

const CHECK_CONFIGURATION =
	"Check the `config` and `env` options, inherited variables that start with `RIVET__`, and `/etc/rivet`.";

/**
 * Our names for the ports; the keys are the engine's names for the services there. The metrics port has a separate
 * message, without a service name.
 */
const ROLES: Readonly<Record<string, string>> = { guard: "guard", api_peer: "api-peer", metrics: "metrics" };

/** The known texts. The first match counts, so a cause stands before its consequences. */
const KNOWN_TEXTS: readonly KnownText[] = [
	...CLUSTER_TEXTS,
	{
		pattern: /While lock file: (.+?)\/LOCK: Resource temporarily unavailable/,
		code: "database_locked",
		reason: (match) => `its database '${match[1]}' is in use by another engine`,
		hint: "Stop that engine, or give this one a database of its own with `instancePath`.",
	},
	{
		pattern: /Corruption: (.+)/,
		code: "health_check_failed",
		reason: (match) => `its database is damaged: ${shorten(match[1] ?? "")}`,
		hint: "Move the instance's folder `db` away, restore it from a copy, or use another with `instancePath`.",
	},
	{
		pattern: /rolled back to a previous version(?::\s*- Last Used Version:\s*(\S+))?/i,
		code: "version_rollback",
		reason: (match) =>
			`${match[1] === undefined ? "a newer engine" : `engine ${match[1]}`} has used its database, which this version can no longer read`,
		hint: "Use the newer engine, or a database of its own with `instancePath`.",
	},
	{
		pattern: /failed to (?:build|deserialize) config[\s\S]*?Caused by:\s*(.+)/,
		code: "config_invalid",
		reason: (match) => `its configuration is invalid: ${shorten(match[1] ?? "")}`,
		hint: CHECK_CONFIGURATION,
	},
	{
		pattern: /configuration property "[^"]+" is invalid: .+/,
		code: "config_invalid",
		reason: (match) => `its configuration is invalid: ${shorten(match[0])}`,
		hint: CHECK_CONFIGURATION,
	},
	{
		pattern: /failed to (?:read|parse)(?: config)? file(.*)\n(?:Caused by:\s*)?(.*)/,
		code: "config_invalid",
		reason: (match) =>
			`its configuration file cannot be read${shorten(match[1] ?? "")}: ${shorten(match[2] ?? "")}`,
		hint: CHECK_CONFIGURATION,
	},
	{
		pattern: /No space left on device|Disk quota exceeded/i,
		code: "no_space",
		reason: () => "there is no space left on the device",
		hint: "Free some space, or move the storage root with `storageRoot` or `RIVETKIT_STORAGE_PATH`.",
	},
	{
		pattern: /No file descriptors available|Too many open files/,
		code: "health_check_failed",
		reason: () => "it may not open as many files as it needs",
		hint: "Raise the limit before the program starts: `ulimit -n 1024`, or `LimitNOFILE=` of its service.",
	},
	{
		pattern:
			/IO error: [^\n]*(?:Permission denied|Read-only file system)|(?:Permission denied|Operation not permitted|Read-only file system) \(os error \d+\)/,
		code: "read_only",
		reason: (match) => `it may not write its files: ${shorten(match[0])}`,
		hint: "Check who owns the storage root, or choose another with `storageRoot` or `RIVETKIT_STORAGE_PATH`.",
	},
	{
		pattern: /(?:service=(\w+) [^\n]*|bind (metrics) server[^\n]*)?Address (?:already )?in use/i,
		code: "ports_in_use",
		reason: (match) => {
			const role = ROLES[match[1] ?? match[2] ?? ""];
			return `another process took ${role === undefined ? "one of its ports" : `its ${role} port`} while it started`;
		},
		hint: "Try again, or choose another port with `bindPort`.",
	},
];
