import {
	expectEngineError,
	freePortTriple,
	lacksClusterParts,
	type NatsServer,
	type PostgresServer,
	recordingLogger,
	serveSockets,
	startNats,
	startPostgres,
	type TestServer,
} from "@rivetkit/engine-testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EngineOptions } from "../../../engine-config/src/engine-options.ts";
import type { EngineEvent } from "../../src/events.ts";
import { startOrReuse } from "../../src/start-or-reuse.ts";
import { clusterSandbox } from "./cluster-sandbox.ts";
import { allOf, secretsIn } from "./planted-secrets.ts";

// The deadline of each start is later than that of its test, which shows that the start fails at once.

// Seen to fail: each without its row of `CLUSTER_TEXTS` in engine-spawn; all without the server's name in the message, and
// with a secret in the metadata of the error.

const SECRETS = {
	password: "pl%41nted p@ss:/?#[]&+=word",
	natsPassword: "pl@nted-nats:/#pass",
	adminToken: "planted-admin-token",
};

interface Servers {
	readonly postgres: PostgresServer;
	readonly nats: NatsServer;
	/** A server that accepts connections and never answers. */
	readonly silent: TestServer;
	readonly freePort: number;
}

interface FailingStart {
	readonly title: string;
	readonly code: string;
	readonly options: (servers: Servers) => Promise<EngineOptions> | EngineOptions;
	/** Parts of the message; `PORT` stands for the port of the server. */
	readonly message: readonly string[];
	readonly port: (servers: Servers) => number;
	readonly hint: string;
}

const FAILING: readonly FailingStart[] = [
	{
		title: "PostgreSQL refuses the password",
		code: "storage_unavailable",
		options: ({ postgres }) => onPostgres(urlOf({ user: postgres.user, port: postgres.port })),
		message: ['password authentication failed for user "rivet"', "(PostgreSQL at 127.0.0.1:PORT/postgres)"],
		port: ({ postgres }) => postgres.port,
		hint: "percent-encoded",
	},
	{
		title: "PostgreSQL does not have the database",
		code: "storage_unavailable",
		options: async ({ postgres }) => onPostgres(await urlOfUser(postgres, "reader", "nowhere")),
		message: ['database "nowhere" does not exist', "(PostgreSQL at 127.0.0.1:PORT/nowhere)"],
		port: ({ postgres }) => postgres.port,
		hint: "createdb",
	},
	{
		title: "PostgreSQL does not run",
		code: "storage_unavailable",
		options: ({ freePort }) => onPostgres(urlOf({ user: "rivet", port: freePort })),
		message: ["Connection refused", "(PostgreSQL at 127.0.0.1:PORT/postgres)"],
		port: ({ freePort }) => freePort,
		hint: "Check that it runs",
	},
	{
		title: "PostgreSQL does not let this user create tables",
		code: "storage_unavailable",
		options: async ({ postgres }) => {
			await postgres.createDatabase("guarded");
			return onPostgres(await urlOfUser(postgres, "guest", "guarded"));
		},
		message: ["permission denied for schema public", "(PostgreSQL at 127.0.0.1:PORT/guarded)"],
		port: ({ postgres }) => postgres.port,
		hint: "may create tables",
	},
	{
		title: "something else is in the place of PostgreSQL, which never answers",
		code: "health_check_failed",
		options: ({ silent }) => ({
			...onPostgres(urlOf({ user: "rivet", port: silent.port })),
			// Only the deadline ends this wait.
			startTimeoutMs: 2000,
		}),
		message: ["it may be waiting for PostgreSQL at 127.0.0.1:PORT/postgres"],
		port: ({ silent }) => silent.port,
		hint: "See '",
	},
	{
		title: "NATS does not run",
		code: "messaging_unavailable",
		options: async ({ postgres, freePort }) => ({
			...onPostgres(await urlOfUser(postgres, "no-nats")),
			messaging: nats(freePort),
		}),
		message: ["NATS cannot be had: Connection refused", "(NATS at 127.0.0.1:PORT)"],
		port: ({ freePort }) => freePort,
		hint: "Check that it runs",
	},
	{
		title: "NATS refuses the password",
		code: "messaging_unavailable",
		options: async ({ postgres, ...servers }) => ({
			...onPostgres(await urlOfUser(postgres, "refused-by-nats")),
			messaging: nats(servers.nats.port),
		}),
		message: ["NATS refuses it: authorization violation", "(NATS at 127.0.0.1:PORT)"],
		port: (servers) => servers.nats.port,
		hint: "(`messaging.username`, `messaging.password`)",
	},
	{
		title: "something else is in the place of NATS, which never answers",
		code: "health_check_failed",
		options: async ({ postgres, silent }) => ({
			...onPostgres(await urlOfUser(postgres, "silent-nats")),
			messaging: nats(silent.port),
			startTimeoutMs: 2000,
		}),
		message: ["or for NATS at 127.0.0.1:PORT"],
		port: ({ silent }) => silent.port,
		hint: "See '",
	},
];

describe.skipIf(lacksClusterParts(import.meta.url))("B42 B33 a start that fails because", () => {
	let servers: Servers;
	beforeAll(async () => {
		const [postgres, natsServer, silent, freePort] = await Promise.all([
			startPostgres(),
			startNats({ username: "rivet", password: "another" }),
			serveSockets(() => {}),
			freePortTriple(),
		]);
		servers = { postgres, nats: natsServer, silent, freePort };
	}, 60_000);
	afterAll(async () => {
		const { postgres, nats: natsServer, silent } = servers;
		await Promise.all([postgres, natsServer, silent].map((server) => server[Symbol.asyncDispose]()));
	}, 60_000);

	it.each(FAILING.map((failing) => [failing.title, failing] as const))(
		"%s, is an error with that reason and a hint, without a secret",
		async (_title, { code, options, message, port, hint }) => {
			await using box = await clusterSandbox();
			const logger = recordingLogger();
			const events: EngineEvent[] = [];
			const start = startOrReuse({
				environment: box.environment,
				...box.options,
				startTimeoutMs: 120_000,
				...(await options(servers)),
				adminToken: SECRETS.adminToken,
				logger,
				onEvent: (event) => void events.push(event),
			});
			const error = await expectEngineError(start, code);
			for (const part of message) {
				expect(error.message).toContain(part.replace("PORT", String(port(servers))));
			}
			expect(error.metadata.hint).toContain(hint);
			expect(error.cause).toBeInstanceOf(Error);
			expect(await box.engines(), "nothing is left running").toEqual([]);
			expect(
				events.map(({ kind }) => kind),
				"it was spawned",
			).toContain("spawned");
			expect(secretsIn(allOf([error, logger.entries, events]), SECRETS)).toEqual([]);
		},
		60_000,
	);
});

function onPostgres(url: string): EngineOptions {
	return { storage: { kind: "postgres", url } };
}

function nats(port: number): EngineOptions["messaging"] {
	const { natsPassword: password } = SECRETS;
	return { kind: "nats", addresses: [`127.0.0.1:${port}`], username: "rivet", password };
}

function urlOf(place: { readonly user: string; readonly port: number; readonly database?: string }): string {
	const { user, port, database = "postgres" } = place;
	return `postgres://${user}:${encodeURIComponent(SECRETS.password)}@127.0.0.1:${port}/${database}`;
}

/** Makes a user with the planted password, and a database unless the caller names another, and returns the URL. */
async function urlOfUser(postgres: PostgresServer, user: string, database?: string): Promise<string> {
	await postgres.query(`CREATE ROLE "${user}" LOGIN PASSWORD '${SECRETS.password}'`);
	if (database === undefined) await postgres.query(`CREATE DATABASE "${user}" OWNER "${user}"`);
	return urlOf({ user, port: postgres.port, database: database ?? user });
}
