import type { ExitStatus } from "@rivetkit/engine-core";
import { describe, expect, test } from "vitest";
import { explainExit } from "./explain-exit.ts";

const ONE: ExitStatus = { kind: "exited", code: 1 };

const CONNECTING = 'ts=2026-11-26T16:19:04Z level=info message="nats connecting" client_name=rivet\n';

/** Texts of engine 2.3.19, without the stack that follows. */
const RECORDED: readonly (readonly [string, string, string, RegExp])[] = [
	[
		"a wrong password",
		'Error: failed to get connection from postgres pool\n\nCaused by:\n    0: Error occurred while creating a new object: db error\n    1: db error\n    2: FATAL: password authentication failed for user "rivet"',
		"storage_unavailable",
		/^PostgreSQL refuses it: password authentication failed for user "rivet"$/,
	],
	[
		"a database that is not there",
		'Error: failed to get connection from postgres pool\n\nCaused by:\n    0: Error occurred while creating a new object: db error\n    1: db error\n    2: FATAL: database "nodb" does not exist',
		"storage_unavailable",
		/^PostgreSQL refuses it: database "nodb" does not exist$/,
	],
	[
		"PostgreSQL that is down",
		"Error: failed to get connection from postgres pool\n\nCaused by:\n    0: Error occurred while creating a new object: error connecting to server\n    1: error connecting to server\n    2: Connection refused (os error 111)",
		"storage_unavailable",
		/^PostgreSQL cannot be had: Connection refused \(os error 111\)$/,
	],
	[
		"PostgreSQL with all its connections taken",
		"Error: failed to get connection from postgres pool\n\nCaused by:\n    0: Error occurred while creating a new object: db error\n    1: db error\n    2: FATAL: sorry, too many clients already",
		"storage_unavailable",
		/^PostgreSQL has no connection left for it: too many clients already$/,
	],
	[
		"a host that no name server knows",
		"Error: failed to get connection from postgres pool\n\nCaused by:\n    0: Error occurred while creating a new object: error connecting to server\n    1: error connecting to server\n    2: failed to lookup address information: Name does not resolve",
		"storage_unavailable",
		/^PostgreSQL cannot be had: failed to lookup address information: Name does not resolve$/,
	],
	[
		"a server without TLS",
		"Error: failed to get connection from postgres pool\n\nCaused by:\n    0: Error occurred while creating a new object: error performing TLS handshake\n    1: error performing TLS handshake\n    2: server does not support TLS",
		"storage_unavailable",
		/^PostgreSQL cannot be had: server does not support TLS$/,
	],
	[
		"a user who may not create tables",
		"Error: failed to initialize postgres schema\n\nCaused by:\n    0: db error\n    1: ERROR: permission denied for schema public",
		"storage_unavailable",
		/^it cannot work with that PostgreSQL database: ERROR: permission denied for schema public$/,
	],
	[
		"NATS that is down",
		`${CONNECTING}Error: IO error: Connection refused (os error 111)\n\nCaused by:\n    Connection refused (os error 111)`,
		"messaging_unavailable",
		/^NATS cannot be had: Connection refused \(os error 111\)$/,
	],
	[
		"NATS that refuses the password",
		`${CONNECTING}ts=2026-11-26T16:19:21Z level=error message="authorization violation" error="nats: authorization violation" client_name=rivet\nError: authorization violation: nats: authorization violation\n\nCaused by:\n    nats: authorization violation`,
		"messaging_unavailable",
		/^NATS refuses it: authorization violation$/,
	],
];

describe("B42 the explanation of an engine that cannot use PostgreSQL or NATS", () => {
	test.each(RECORDED)("is given for %s", (_, text, code, reason) => {
		const lines = `${text}\n\nStack backtrace:\n   0: <unknown>\n   1: <unknown>`.split("\n");
		const explained = explainExit(ONE, lines);
		expect(explained.code).toBe(code);
		expect(explained.reason).toMatch(reason);
		expect(explained.hint).toMatch(/\.$/);
	});

	test("does not blame NATS once the engine was connected to it", () => {
		const connected = 'ts=2026-11-26T16:19:21Z level=info message="nats connected" client_name=rivet';
		const lines = `${CONNECTING}${connected}\nError: something else`.split("\n");
		expect(explainExit(ONE, lines).code).toBe("health_check_failed");
	});

	test("is the lease of another engine if the last line of the log shows that wait", () => {
		const waits =
			'ts=2026-11-26T16:18:44Z level=warn message="udb postgres single-node could not acquire leader lease. another instance may hold it" attempt=30';
		const waited = { pid: 7, timeoutMs: 1000 };
		expect(explainExit(undefined, [waits], { waited })).toMatchObject({
			code: "database_locked",
			hint: expect.stringContaining("`messaging`"),
		});
		const early = waits.replace("attempt=30", "attempt=3");
		expect(explainExit(undefined, [early], { waited })).toMatchObject({
			code: "health_check_failed",
			reason: expect.stringContaining("if that has died"),
			hint: expect.stringContaining("`startTimeoutMs`"),
		});
		const goesOn = 'ts=2026-11-26T16:18:45Z level=info message="starting services" services=11';
		expect(explainExit(undefined, [waits, goesOn], { waited }).code).toBe("health_check_failed");
	});
});
