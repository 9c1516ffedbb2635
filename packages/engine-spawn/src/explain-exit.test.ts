import type { ExitStatus } from "@rivetkit/engine-core";
import { describe, expect, test } from "vitest";
import { explainExit } from "./explain-exit.ts";
import { lastLines } from "./log-tail.ts";

const BACKTRACE = "\n\nStack backtrace:\n   0: <unknown>\n   1: <unknown>\n";
const ONE: ExitStatus = { kind: "exited", code: 1 };

// What engine 2.3.19 wrote. `test/real-engine.test.ts` makes it write most of these again.
const RECORDED: readonly [string, ExitStatus, string, string, RegExp][] = [
	[
		"a locked database",
		ONE,
		"Error: failed to open rocksdb\n\nCaused by:\n    IO error: While lock file: /tmp/my root/db/LOCK: Resource temporarily unavailable",
		"database_locked",
		/^its database '\/tmp\/my root\/db' is in use/,
	],
	[
		"a file system without locks",
		ONE,
		"Error: failed to open rocksdb\n\nCaused by:\n    IO error: While lock file: /nfs/db/LOCK: No locks available",
		"health_check_failed",
		/failed to open rocksdb: IO error: While lock file: .*No locks available$/,
	],
	[
		"an unknown key",
		ONE,
		"Error: failed to deserialize config\n\nCaused by:\n    unknown field `nope`, expected one of `host`, `port`",
		"config_invalid",
		/^its configuration is invalid: unknown field `nope`/,
	],
	[
		"a value of the wrong type",
		ONE,
		'Error: failed to deserialize config\n\nCaused by:\n    invalid type: string "abc", expected an integer for key `guard.port` in the environment',
		"config_invalid",
		/expected an integer for key `guard\.port`/,
	],
	[
		"a host name for an address",
		ONE,
		"Error: failed to deserialize config\n\nCaused by:\n    invalid IP address syntax",
		"config_invalid",
		/invalid IP address syntax$/,
	],
	[
		"a database of a newer engine",
		ONE,
		"Error: Rivet Engine has been rolled back to a previous version",
		"version_rollback",
		/a newer engine has used its database/,
	],
	[
		"a full disk",
		ONE,
		"Error: failed to open rocksdb\n\nCaused by:\n    IO error: No space left on device: While appending to file: /data/db/MANIFEST-000001: No space left on device",
		"no_space",
		/no space left/,
	],
	[
		"a disk that fills up while it starts",
		{ kind: "signaled", signal: "SIGKILL" },
		'ts=2026-11-23T06:40:59Z level=error message="workflow error" err="Udb(failed to commit activity event\\n\\nCaused by:\\n    0: transaction failed\\n    1: rocksdb commit error\\n    2: IO error: No space left on device: While appending to file: /data/db/000004.log: No space left on device"',
		"no_space",
		/no space left/,
	],
	[
		"a database of another user",
		ONE,
		"Error: failed to open rocksdb\n\nCaused by:\n    IO error: While renaming a file to /data/db/LOG.old.1: /data/db/LOG: Permission denied",
		"read_only",
		/may not write its files: IO error: While renaming a file .* Permission denied$/,
	],
	[
		"a folder of another user",
		ONE,
		"Error: failed to create database directory\n\nCaused by:\n    Permission denied (os error 13)",
		"read_only",
		/Permission denied \(os error 13\)$/,
	],
	[
		"a folder on a read-only file system",
		ONE,
		"Error: failed to create database directory\n\nCaused by:\n    Read-only file system (os error 30)",
		"read_only",
		/Read-only file system/,
	],
	[
		"a database on a read-only file system",
		ONE,
		"Error: failed to open rocksdb\n\nCaused by:\n    IO error: While renaming a file to /data/db/LOG.old.1: /data/db/LOG: Read-only file system",
		"read_only",
		/Read-only file system$/,
	],
	[
		"a folder that the system protects",
		ONE,
		"Error: failed to create database directory\n\nCaused by:\n    Operation not permitted (os error 1)",
		"read_only",
		/Operation not permitted/,
	],
	[
		"a database path that is a file",
		ONE,
		"Error: failed to create database directory\n\nCaused by:\n    File exists (os error 17)",
		"health_check_failed",
		/^failed to create database directory: File exists \(os error 17\)$/,
	],
	[
		"a damaged database",
		ONE,
		"Error: failed to open rocksdb\n\nCaused by:\n    Corruption: CURRENT file corrupted",
		"health_check_failed",
		/^its database is damaged: CURRENT file corrupted$/,
	],
	[
		"a metrics port that is taken",
		ONE,
		'ts=2026-11-23T06:37:53Z level=error message="failed to bind metrics server" host=127.0.0.1 port=15010 err="hyper::Error(Listen, Os { code: 98, kind: AddrInUse, message: \\"Address in use\\" })"',
		"ports_in_use",
		/another process took one of its ports/,
	],
	[
		"a guard port that is taken",
		{ kind: "signaled", signal: "SIGKILL" },
		'ts=2026-11-23T06:37:53Z level=error message="service crashed" service=guard err="Address in use"',
		"ports_in_use",
		/ports/,
	],
	[
		"a bad RUST_LOG",
		{ kind: "exited", code: 101 },
		"\nthread 'main' (6290) panicked at engine/packages/runtime/src/traces.rs:174:42:\ninvalid env filter: error parsing level filter\n\nCaused by:\n    error parsing level filter: expected one of \"off\"",
		"health_check_failed",
		/^it panicked: error parsing level filter/,
	],
];

describe("B33 why an engine ended", () => {
	test.each(RECORDED)("is told for %s", (_, exit, text, code, reason) => {
		const explained = explainExit(exit, lastLines(`${text}${BACKTRACE}`, 20));
		expect(explained.code).toBe(code);
		expect(explained.reason).toMatch(reason);
		expect(explained.reason).not.toMatch(/\.$|unknown>/);
	});

	test.each<[string, ExitStatus, readonly string[], string, RegExp]>([
		[
			"a script that calls nothing",
			{ kind: "exited", code: 127 },
			["x: 2: exec: nope: not found"],
			"binary_wrong_platform",
			/ran something that could not: x: 2: exec: nope: not found$/,
		],
		[
			"a script that calls no program",
			{ kind: "exited", code: 126 },
			[],
			"binary_wrong_platform",
			/ran something that could not$/,
		],
		[
			"a damaged file",
			{ kind: "signaled", signal: "SIGSEGV" },
			[],
			"binary_not_executable",
			/^it crashed at once, as a damaged file does$/,
		],
		["an empty file", { kind: "exited", code: 0 }, [], "health_check_failed", /^it ended without an error$/],
		[
			"somebody's SIGKILL",
			{ kind: "signaled", signal: "SIGKILL" },
			["last line"],
			"health_check_failed",
			/^somebody killed it, or the system for want of memory: last line$/,
		],
		[
			"a bad command line",
			{ kind: "exited", code: 2 },
			["error: unexpected argument"],
			"health_check_failed",
			/^error: unexpected argument$/,
		],
		["an end nobody saw", { kind: "unknown" }, [], "health_check_failed", /^it gave no reason$/],
	])("is told from the status for %s", (_, exit, tail, code, reason) => {
		const explained = explainExit(exit, tail);
		expect(explained.code).toBe(code);
		expect(explained.reason).toMatch(reason);
	});

	test("is one short phrase, however much the engine writes", () => {
		const fields = Array.from({ length: 60 }, (_, index) => `\`field_${index}\``).join(", ");
		const tail = [
			"Error: failed to deserialize config",
			"Caused by:",
			`    unknown field \`nope\`, expected one of ${fields}`,
		];
		expect(explainExit(ONE, tail).reason.length).toBeLessThan(250);
	});
});
