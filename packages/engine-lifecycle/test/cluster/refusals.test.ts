import { expectEngineError, recordingLogger } from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import type { EngineOptions } from "../../../engine-config/src/engine-options.ts";
import type { EngineEvent } from "../../src/events.ts";
import { startOrReuse } from "../../src/start-or-reuse.ts";
import { sandbox } from "../sandbox.ts";
import { allOf, secretsIn } from "./planted-secrets.ts";

// Seen to fail: each without its check, with the option not passed on to the engine, and with refused values in messages.

const SECRET = "planted-secret";
const URL = `postgres://rivet:${SECRET}@127.0.0.1:1/rivet`;
const STORAGE: EngineOptions["storage"] = { kind: "postgres", url: URL };
const NATS: EngineOptions["messaging"] = { kind: "nats", addresses: ["127.0.0.1:1"] };

interface Refusal {
	readonly title: string;
	readonly options?: unknown;
	readonly variables?: Readonly<Record<string, string>>;
	/** Parts of the message. */
	readonly message: readonly string[];
}

const REFUSALS: readonly Refusal[] = [
	{
		title: "NATS with a database in the file system, which serves one engine",
		options: { messaging: NATS },
		message: ["'messaging'", "PostgreSQL as `storage`"],
	},
	{
		title: "the same by a variable",
		variables: { RIVETKIT_ENGINE_NATS_ADDRESSES: "127.0.0.1:1" },
		message: ["'RIVETKIT_ENGINE_NATS_ADDRESSES'", "PostgreSQL as `storage`"],
	},
	{
		title: "PostgreSQL in `config`",
		options: { config: { postgres: { url: URL } } },
		message: ["'config'", "without 'postgres'", "`storage` or `messaging`"],
	},
	{
		title: "NATS in `config`",
		options: { storage: STORAGE, config: { nats: { addresses: ["127.0.0.1:1"], password: SECRET } } },
		message: ["'config'", "without 'nats'"],
	},
	{
		title: "the token in `config`",
		options: { config: { auth: { admin_token: SECRET } } },
		message: ["'config'", "use `adminToken`"],
	},
	{
		title: "PostgreSQL in `env`, which everybody on the machine may see",
		options: { env: { RIVET__POSTGRES__URL: URL } },
		message: ["'env'", "without 'RIVET__POSTGRES__URL'"],
	},
	{
		title: "the password of NATS in `env`",
		options: { storage: STORAGE, env: { RIVET__NATS__PASSWORD: SECRET } },
		message: ["'env'", "without 'RIVET__NATS__PASSWORD'"],
	},
	{
		title: "the token in `env`, in any case of its letters",
		options: { env: { rivet__auth__admin_token: SECRET } },
		message: ["'env'", "without 'rivet__auth__admin_token'", "adminToken"],
	},
	{
		title: "a URL that is none of PostgreSQL's, without quoting it",
		options: { storage: { kind: "postgres", url: `mysql://rivet:${SECRET}@127.0.0.1/rivet` } },
		message: ["'storage'", "`postgresql://`"],
	},
	{
		title: "a URL with an unescaped character in its password, without quoting it",
		variables: { RIVETKIT_ENGINE_POSTGRES_URL: `postgres://rivet:${SECRET}%zz@127.0.0.1/rivet` },
		message: ["'RIVETKIT_ENGINE_POSTGRES_URL'", "`%25`"],
	},
	{
		title: "credentials in an address of NATS, which the engine would log",
		options: { storage: STORAGE, messaging: { kind: "nats", addresses: [`rivet:${SECRET}@127.0.0.1:1`] } },
		message: ["'messaging'", "without a scheme or credentials"],
	},
	{
		title: "a password for NATS without a user name, which the engine would not send",
		options: { storage: STORAGE, messaging: { ...NATS, password: SECRET } },
		message: ["'messaging'", "user name"],
	},
	{
		title: "a token that cannot be sent",
		options: { adminToken: `${SECRET} with a blank` },
		message: ["'adminToken'", "without blanks"],
	},
	{
		title: "an api-peer port for other machines, which asks nobody for a token",
		options: { adminToken: SECRET, peerHost: "0.0.0.0" },
		message: ["'peerHost'", "'0.0.0.0'", "asks nobody for a token"],
	},
	{
		title: "a metrics port for other machines",
		options: { adminToken: SECRET, metricsHost: "::" },
		message: ["'metricsHost'", "'::'", "asks nobody for a token"],
	},
];

describe("B42 a start refuses, before any program is run or any server asked,", () => {
	it.each(REFUSALS.map((refusal) => [refusal.title, refusal] as const))(
		"%s",
		async (_title, { options, variables, message }) => {
			await using box = await sandbox();
			const events: EngineEvent["kind"][] = [];
			const logger = recordingLogger();
			const onEvent = ({ kind }: EngineEvent): void => void events.push(kind);
			const start = startOrReuse({
				environment: { ...box.environment, ...variables },
				...box.options,
				...(options as EngineOptions),
				logger,
				onEvent,
			});
			const error = await expectEngineError(start, "invalid_option");
			for (const part of message) expect(error.message).toContain(part);
			expect(events).toEqual([]);
			expect(secretsIn(allOf([error, logger.entries]), { secret: SECRET })).toEqual([]);
		},
	);
});

describe("B42 an engine that other machines reach", () => {
	it("has its api-peer and metrics ports on loopback unless an option allows more", async () => {
		await using box = await sandbox();
		await startOrReuse({ environment: box.environment, ...box.options, bindHost: "0.0.0.0" });
		expect(await listensBeyond(box.port)).toBe(true);
		expect(await listensBeyond(box.port + 1)).toBe(false);
		expect(await listensBeyond(box.port + 10)).toBe(false);
	});

	it("listens there with its api-peer and metrics ports if an option allows that", async () => {
		await using box = await sandbox();
		await startOrReuse({
			environment: box.environment,
			...box.options,
			peerHost: "0.0.0.0",
			metricsHost: "0.0.0.0",
			unsafelyExposeUnauthenticatedPorts: true,
		});
		expect(await listensBeyond(box.port)).toBe(false);
		expect(await listensBeyond(box.port + 1)).toBe(true);
		expect(await listensBeyond(box.port + 10)).toBe(true);
	});
});

/** Tells whether a server listens on all addresses, by a connection to 127.0.0.2, which no other server has. */
async function listensBeyond(port: number): Promise<boolean> {
	return await fetch(`http://127.0.0.2:${port}/health`).then(
		({ ok }) => ok,
		() => false,
	);
}
