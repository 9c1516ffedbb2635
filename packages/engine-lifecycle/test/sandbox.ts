import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { type Environment, type InstanceLayout, instanceLayout } from "@rivetkit/engine-core";
import { freePortTriple, processGone, temporaryStorageRoot } from "@rivetkit/engine-testkit";
import type { TestContext } from "vitest";
import type { EngineOptions } from "../../engine-config/src/engine-options.ts";

/** A storage root, a port triple and an environment of a test's own. Disposing ends every engine on that storage. */
export interface Sandbox extends AsyncDisposable {
	readonly folder: string;
	readonly storageRoot: string;
	readonly layout: InstanceLayout;
	readonly port: number;
	readonly endpoint: string;
	/** Variables without the developer's own settings. Telemetry is off in each engine. */
	readonly environment: Environment;
	/** Options that name this storage root and port. */
	readonly options: EngineOptions;
	/** Lists the pids of the living processes that were given a database in this folder, even if they do not listen yet. */
	engines(): Promise<readonly number[]>;
	/** Reserves another port triple. */
	anotherPort(): Promise<number>;
}

/** Makes a sandbox. The caller disposes of it. */
export async function sandbox(): Promise<Sandbox> {
	const root = await temporaryStorageRoot();
	const port = await freePortTriple();
	const { storageRoot } = root;
	return {
		folder: root.path,
		storageRoot,
		port,
		layout: instanceLayout(storageRoot),
		endpoint: `http://127.0.0.1:${port}`,
		environment: {
			PATH: process.env["PATH"],
			HOME: root.path,
			TMPDIR: root.path,
			RIVET__TELEMETRY__ENABLED: "false",
			// On a busy machine, an engine without this setting does only one write in twenty.
			RIVET__RUNTIME__WORKER_CPU_MAX: "1000000",
		},
		options: { storageRoot, bindPort: port, telemetry: false },
		anotherPort: freePortTriple,
		engines: () => enginesIn(root.path),
		async [Symbol.asyncDispose]() {
			await endEnginesIn(root.path);
			await root[Symbol.asyncDispose]();
		},
	};
}

async function endEnginesIn(folder: string): Promise<void> {
	for (const pid of await enginesIn(folder)) {
		killIfThere(pid);
		await processGone(pid);
	}
}

async function enginesIn(folder: string): Promise<readonly number[]> {
	const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
	const variables = await Promise.all(
		// A zombie has no variables any more.
		pids.map((pid) => readFile(`/proc/${pid}/environ`, "utf8").catch(() => "")),
	);
	return pids.filter((_, index) =>
		variables[index]?.includes(`RIVET__FILE_SYSTEM__PATH=${folder}${path.sep}`),
	);
}

/** Skips the rest of a test that cannot run here, with a warning. */
export function skipAloud(context: TestContext, reason: string): never {
	console.warn(`Skipped: ${reason}.`);
	return context.skip(reason);
}

/** Returns the URL of a built package, for scripts that run in a process of their own. */
export function builtPackage(name: string): string {
	return new URL(`../../${name}/dist/index.js`, import.meta.url).href;
}

/** Creates a namespace over the engine's API, which writes to its database. */
export async function createNamespace(endpoint: string, name: string): Promise<void> {
	const response = await fetch(`${endpoint}/namespaces`, {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify({ name, display_name: name }),
	});
	if (!response.ok)
		throw new Error(`Namespace '${name}' was not created: ${response.status} ${await response.text()}`);
}

/** Lists the names of the engine's namespaces. */
export async function namespaces(endpoint: string): Promise<readonly string[]> {
	const response = await fetch(`${endpoint}/namespaces`);
	const body = (await response.json()) as { readonly namespaces: readonly { readonly name: string }[] };
	return body.namespaces.map(({ name }) => name);
}

function killIfThere(pid: number): void {
	try {
		process.kill(pid, "SIGKILL");
	} catch {
		// The process has ended by itself since the look at it.
	}
}
