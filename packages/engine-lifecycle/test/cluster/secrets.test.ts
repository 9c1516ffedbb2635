import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import {
	freePortTriple,
	lacksClusterParts,
	type NatsServer,
	type PostgresServer,
	startNats,
	startPostgres,
	temporaryFolder,
} from "@rivetkit/engine-testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EngineOptions } from "../../../engine-config/src/engine-options.ts";
import type { Sandbox } from "../sandbox.ts";
import { clusterSandbox, instanceOptions } from "./cluster-sandbox.ts";
import { secretsIn } from "./planted-secrets.ts";
import { runSecretHost } from "./secret-host.ts";

// Seen to fail: with the variables of secrets not withheld from the engine, with a file that all users may read, with the URL
// in a log, and with the token in an event.

const NATS = { username: "rivet", password: "planted-nats:/#pa ss%41" };
const TOKEN = "planted-admin-token/+=";

describe.skipIf(lacksClusterParts(import.meta.url))("B42 a secret", () => {
	let postgres: PostgresServer;
	let nats: NatsServer;
	beforeAll(async () => {
		[postgres, nats] = await Promise.all([startPostgres(), startNats(NATS)]);
	}, 60_000);
	afterAll(async () => {
		await Promise.all([postgres, nats].map((server) => server[Symbol.asyncDispose]()));
	}, 60_000);

	it.concurrent.each(["options", "variables", "files"] as const)(
		"that is given by %s is in the engine's file, which only its user may read, and nowhere else",
		async (by) => {
			await using box = await clusterSandbox();
			await using files = await temporaryFolder("rivet secrets");
			const url = await postgres.createDatabase(by);
			const given = { url, natsAddress: nats.address, deadAddress: `127.0.0.1:${await freePortTriple()}` };
			const { options, variables, failing } = await GIVEN[by](given, files.path);
			const base = { ...box.options, startTimeoutMs: 120_000 };
			const host = runSecretHost(box, {
				options: { ...base, ...options },
				variables,
				failing: {
					options: await instanceOptions(box, "failing", { ...base, ...options, ...failing.options }),
					variables: failing.variables,
				},
			});
			await using _host = host;
			const { code, stdout, stderr } = await host.exited;
			expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
			for (const part of ["failed: messaging_unavailable", '"kind":"restarted"', '"outcome":"exited"'])
				expect(stdout).toContain(part);

			const secrets = { password: postgres.password, url, natsPassword: NATS.password, adminToken: TOKEN };
			expect(tellingLines(stdout, secrets), "the output of the host").toEqual([]);
			const found = await filesWith(box, secrets);
			expect(found.map(({ name, mode }) => ({ name, mode }))).toEqual([
				{ name: "engine.json", mode: "600" },
				{ name: "engine.json", mode: "600" },
			]);
			expect(found[0]?.secrets, "the engine gets all of them").toEqual(Object.keys(secrets));
			expect(await box.engines()).toEqual([]);
		},
		120_000,
	);
});

interface Given {
	readonly url: string;
	readonly natsAddress: string;
	readonly deadAddress: string;
}

interface Way {
	readonly options: EngineOptions;
	readonly variables: Readonly<Record<string, string>>;
	/** The options and variables that differ at a start that fails. */
	readonly failing: { readonly options: EngineOptions; readonly variables: Readonly<Record<string, string>> };
}

/** The ways to give the secrets. */
const GIVEN: Readonly<
	Record<"options" | "variables" | "files", (given: Given, folder: string) => Promise<Way>>
> = {
	options: async ({ url, natsAddress, deadAddress }) => {
		const messaging = (address: string) => ({ kind: "nats", addresses: [address], ...NATS }) as const;
		return {
			options: { storage: { kind: "postgres", url }, messaging: messaging(natsAddress), adminToken: TOKEN },
			variables: {},
			failing: { options: { messaging: messaging(deadAddress) }, variables: {} },
		};
	},
	variables: async ({ url, natsAddress, deadAddress }) => ({
		options: {},
		variables: {
			...natsVariables(natsAddress),
			RIVETKIT_ENGINE_POSTGRES_URL: url,
			RIVETKIT_ENGINE_NATS_PASSWORD: NATS.password,
			RIVETKIT_ENGINE_ADMIN_TOKEN: TOKEN,
		},
		failing: { options: {}, variables: natsVariables(deadAddress) },
	}),
	files: async ({ url, natsAddress, deadAddress }, folder) => {
		const secrets = {
			RIVETKIT_ENGINE_POSTGRES_URL: url,
			RIVETKIT_ENGINE_NATS_PASSWORD: NATS.password,
			RIVETKIT_ENGINE_ADMIN_TOKEN: TOKEN,
		};
		const variables = Object.entries(secrets).map(async ([name, secret]) => {
			await writeFile(path.join(folder, name), `${secret}\n`, { mode: 0o600 });
			return [`${name}_FILE`, path.join(folder, name)] as const;
		});
		return {
			options: {},
			variables: { ...natsVariables(natsAddress), ...Object.fromEntries(await Promise.all(variables)) },
			failing: { options: {}, variables: natsVariables(deadAddress) },
		};
	},
};

function natsVariables(address: string): Readonly<Record<string, string>> {
	return { RIVETKIT_ENGINE_NATS_ADDRESSES: address, RIVETKIT_ENGINE_NATS_USERNAME: NATS.username };
}

/** Lists the lines with a secret, so that a failing test shows them. */
function tellingLines(text: string, secrets: Readonly<Record<string, string>>): readonly string[] {
	return text.split("\n").filter((line) => secretsIn(line, secrets).length > 0);
}

/** Lists the files of a sandbox that contain a secret: those of its storage root and its temporary folder. */
async function filesWith({ folder }: Sandbox, secrets: Readonly<Record<string, string>>) {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	const files = entries
		.filter((entry) => entry.isFile())
		.map((entry) => path.join(entry.parentPath, entry.name));
	expect(files.filter((file) => file.endsWith(".log")).length, "its logs are among them").toBeGreaterThan(0);
	const all = files.map(async (file) => ({
		name: path.basename(file),
		mode: ((await stat(file)).mode & 0o7777).toString(8),
		secrets: secretsIn(await readFile(file, "latin1"), secrets),
	}));
	return (await Promise.all(all)).filter((file) => file.secrets.length > 0);
}
