import type { ExitStatus } from "@rivetkit/engine-core";
import { describe, expect, test } from "vitest";
import { lastLines } from "../logs/log-tail.ts";
import { type ExitEvidence, explainExit } from "./index.ts";

const BACKTRACE = "\n\nStack backtrace:\n   0: <unknown>\n   1: <unknown>\n";
const ONE: ExitStatus = { kind: "exited", code: 1 };

// Texts of engine 2.3.19, and of 2.3.5, 2.3.11 and 2.3.17 where they differ. `real-engine.test.ts` of engine-lifecycle lets
// a real engine write most of them. Seen to fail: each with its row of `KNOWN_TEXTS` taken out, with the evidence read after
// the texts, or with the evidence ignored.
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
		"a database of a newer engine, as 2.3.17 logs it",
		ONE,
		"Error: transaction failed\n\nCaused by:\n    Rivet Engine has been rolled back to a previous version:\n    - Last Used Version: 2.3.19\n    - Current Version:   2.3.17\n    Cannot proceed without potential data corruption.",
		"version_rollback",
		/^engine 2\.3\.19 has used its database, which this version can no longer read$/,
	],
	[
		"a configuration file that is cut off",
		ONE,
		"Error: failed to build config\n\nCaused by:\n    EOF while parsing a value at line 2 column 0",
		"config_invalid",
		/^its configuration is invalid: EOF while parsing a value at line 2/,
	],
	[
		"a configuration file that may not be read",
		ONE,
		"Error: failed to read file: /etc/rivet/engine.json\n\nCaused by:\n    Permission denied (os error 13)",
		"config_invalid",
		/^its configuration file cannot be read: \/etc\/rivet\/engine\.json: Permission denied \(os error 13\)$/,
	],
	[
		"a PostgreSQL URL that is none",
		ONE,
		'Error: failed to create postgres connection pool\n\nCaused by:\n    Config: configuration property "url" is invalid: invalid connection string',
		"config_invalid",
		/^it cannot use the URL of PostgreSQL: invalid connection string$/,
	],
	[
		"a limit of 16 open files",
		ONE,
		"Error: failed to open rocksdb\n\nCaused by:\n    IO error: While open a file for appending: /data/db/000005.dbtmp: No file descriptors available",
		"health_check_failed",
		/^it may not open as many files as it needs$/,
	],
	[
		"a limit of 32 open files",
		ONE,
		'ts=2026-11-26T13:24:34.725624419Z level=error message="failed to bind metrics server" host=127.0.0.1 port=17530 err="hyper::Error(Listen, Os { code: 24, kind: Uncategorized, message: \\"No file descriptors available\\" })"',
		"health_check_failed",
		/^it may not open as many files/,
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
		/^another process took its metrics port while it started$/,
	],
	[
		"an api-peer port that is taken",
		{ kind: "signaled", signal: "SIGKILL" },
		'ts=2026-11-26T13:26:01Z level=error message="service crashed" service=api_peer err="Address in use (os error 98)"',
		"ports_in_use",
		/^another process took its api-peer port while it started$/,
	],
	[
		"a guard port that is taken",
		{ kind: "signaled", signal: "SIGKILL" },
		'ts=2026-11-23T06:37:53Z level=error message="service crashed" service=guard err="Address in use"',
		"ports_in_use",
		/^another process took its guard port while it started$/,
	],
	[
		"a bad RUST_LOG",
		{ kind: "exited", code: 101 },
		"\nthread 'main' (6290) panicked at engine/packages/runtime/src/traces.rs:174:42:\ninvalid env filter: error parsing level filter\n\nCaused by:\n    error parsing level filter: expected one of \"off\"",
		"health_check_failed",
		/^it panicked: error parsing level filter/,
	],
];

describe("B33 the explanation of an end", () => {
	test.each(RECORDED)("is given for %s", (_, exit, text, code, reason) => {
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
		[
			"a script that may not execute what it calls",
			{ kind: "exited", code: 126 },
			["./w3: 2: exec: /etc/passwd: Permission denied"],
			"binary_not_executable",
			/^its script ran something that may not be executed: /,
		],
		[
			"a script that calls a program for another machine",
			{ kind: "exited", code: 126 },
			["./w2: 2: exec: ./aarch: Exec format error"],
			"binary_wrong_platform",
			/ran something that could not: .*Exec format error$/,
		],
		[
			"a program for another machine, which the shell took for a script",
			{ kind: "exited", code: 2 },
			['./aarch: 1: Syntax error: "(" unexpected'],
			"binary_wrong_platform",
			/^it could not be executed/,
		],
		[
			"an instruction that the processor does not know",
			{ kind: "signaled", signal: "SIGILL" },
			[],
			"binary_wrong_platform",
			/^it used an instruction that this processor does not have$/,
		],
		[
			"the same behind a shell",
			{ kind: "exited", code: 132 },
			["Illegal instruction"],
			"binary_wrong_platform",
			/^it used an instruction/,
		],
		[
			"somebody's SIGTERM",
			{ kind: "signaled", signal: "SIGTERM" },
			[],
			"health_check_failed",
			/^somebody ended it with SIGTERM$/,
		],
		[
			"an abort",
			{ kind: "signaled", signal: "SIGABRT" },
			["memory allocation of 4096 bytes failed"],
			"health_check_failed",
			/^it aborted itself: memory allocation of 4096 bytes failed$/,
		],
		[
			"somebody's SIGKILL in the middle of its work",
			{ kind: "signaled", signal: "SIGKILL" },
			['ts=2026-11-26T13:24:35.011739399Z level=info message="completed backfill" total=0'],
			"health_check_failed",
			/^somebody killed it, or the system for lack of memory$/,
		],
		[
			"a rare signal",
			{ kind: "signaled", signal: "SIGXFSZ" },
			[],
			"health_check_failed",
			/^it was ended by SIGXFSZ$/,
		],
		["an empty file", { kind: "exited", code: 0 }, [], "health_check_failed", /^it ended without an error$/],
		[
			"somebody's SIGKILL",
			{ kind: "signaled", signal: "SIGKILL" },
			["last line"],
			"health_check_failed",
			/^somebody killed it, or the system for lack of memory: last line$/,
		],
		[
			"a bad command line",
			{ kind: "exited", code: 2 },
			["error: unexpected argument"],
			"health_check_failed",
			/^error: unexpected argument$/,
		],
		["an end that no process saw", { kind: "unknown" }, [], "health_check_failed", /^it gave no reason$/],
	])("is given by the status for %s", (_, exit, tail, code, reason) => {
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

const KILLED: ExitStatus = { kind: "signaled", signal: "SIGKILL" };

describe("B33 an engine that was killed", () => {
	test.each<[string, ExitStatus, ExitEvidence, RegExp]>([
		["it counts one", KILLED, { outOfMemory: true }, /^the system killed it for lack of memory$/],
		[
			"it counts one, behind a shell",
			{ kind: "exited", code: 137 },
			{ outOfMemory: true },
			/^the system killed/,
		],
		["it counts none", KILLED, { outOfMemory: false }, /^somebody killed it: the last line$/],
		[
			"it does not count",
			KILLED,
			{},
			/^somebody killed it, or the system for lack of memory: the last line$/,
		],
		[
			"it counts one since a start that was long ago",
			KILLED,
			{ outOfMemory: true, wasHealthy: true },
			/^the system has killed processes of its cgroup, and so probably this one, for lack of memory$/,
		],
		[
			"it counts one, and nobody saw the end",
			{ kind: "unknown" },
			{ outOfMemory: true, wasHealthy: true },
			/probably this one/,
		],
		[
			"it counts one, but another signal came",
			{ kind: "signaled", signal: "SIGTERM" },
			{ outOfMemory: true },
			/SIGTERM/,
		],
	])("is explained by the count of the system: %s", (_, exit, evidence, reason) => {
		const explained = explainExit(exit, ["the last line"], evidence);
		expect(explained).toMatchObject({ code: "health_check_failed", hint: expect.any(String) });
		expect(explained.reason).toMatch(reason);
	});

	test("for lack of memory is explained by that, whatever the log contains", () => {
		const tail = ['level=error message="service crashed" service=guard err="Address in use"'];
		expect(explainExit(KILLED, tail, { outOfMemory: true }).reason).toMatch(/lack of memory/);
	});
});

describe("B34 an engine that ended after it was healthy", () => {
	const tail = ["IO error: No space left on device", "thread 'main' panicked at lib.rs:1"];

	test.each<[string, ExitStatus, string, RegExp]>([
		["a stop", { kind: "exited", code: 0 }, "health_check_failed", /^it was asked to stop$/],
		["a kill", KILLED, "health_check_failed", /^somebody killed it$/],
		[
			"a hang-up",
			{ kind: "signaled", signal: "SIGHUP" },
			"health_check_failed",
			/^somebody ended it with SIGHUP$/,
		],
		["a crash", { kind: "signaled", signal: "SIGSEGV" }, "health_check_failed", /^it crashed with SIGSEGV$/],
		[
			"an illegal instruction",
			{ kind: "signaled", signal: "SIGILL" },
			"health_check_failed",
			/^it crashed with SIGILL$/,
		],
		[
			"an end that only its parent could see",
			{ kind: "unknown" },
			"health_check_failed",
			/^only the process that started it/,
		],
		["an error of its own", ONE, "no_space", /no space left/],
		["an abort", { kind: "signaled", signal: "SIGABRT" }, "no_space", /no space left/],
	])("is explained for %s, and its log counts only if it ended by itself", (_, exit, code, reason) => {
		const explained = explainExit(exit, tail, { wasHealthy: true, outOfMemory: false });
		expect(explained).toMatchObject({ code, hint: expect.any(String) });
		expect(explained.reason).toMatch(reason);
	});
});

describe("B32 an engine that is alive but not ready", () => {
	const waited = { pid: 7, timeoutMs: 30_000 };
	const slow = ['ts=2026-11-26T13:24:35Z level=info message="said \\"backfill\\" twice" total=0'];

	test("is called alive, with the pid, the time of the wait and the last log line", () => {
		expect(explainExit(undefined, slow, { waited })).toEqual({
			code: "health_check_failed",
			reason:
				'it was still alive (pid 7) but not ready after 30000 ms; it last logged: said \\"backfill\\" twice',
			hint: expect.stringContaining("startTimeoutMs"),
		});
	});

	test.each([
		[["a line in no format"], /it last logged: a line in no format$/],
		[[], /it has logged nothing$/],
	])("is called alive with %j as its log", (tail, reason) => {
		expect(explainExit(undefined, tail, { waited }).reason).toMatch(reason);
	});

	test.each([
		[{ open: 41, limit: 40 }, true],
		[{ open: 30, limit: 47 }, true],
		[{ open: 1024, limit: 1024 }, true],
		[{ open: 48, limit: 1024 }, false],
		[{ open: 48, limit: Number.POSITIVE_INFINITY }, false],
	])("is short of file descriptors if the numbers say so: %j", (descriptors, isTold) => {
		const { reason, hint } = explainExit(undefined, slow, { waited, descriptors });
		expect(/may have only \d+ files open|only Infinity files/.test(reason)).toBe(isTold);
		expect(hint?.includes("ulimit -n")).toBe(isTold);
	});

	test("is only called alive if there is no evidence", () => {
		expect(explainExit(undefined, []).reason).toBe("it is alive but not ready");
	});
});
