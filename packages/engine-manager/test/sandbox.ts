import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { type Environment, type InstanceLayout, instanceLayout } from "@rivetkit/engine-core";
import { freePortTriple, processGone, temporaryStorageRoot } from "@rivetkit/engine-testkit";
import type { EngineOptions } from "../src/options.ts";

/** A storage root, a port triple and an environment of a test's own. Disposing ends every engine on that storage. */
export interface Sandbox extends AsyncDisposable {
	readonly folder: string;
	readonly storageRoot: string;
	readonly layout: InstanceLayout;
	readonly port: number;
	readonly endpoint: string;
	/** Nothing of the developer's own settings. Telemetry is off in whatever is started. */
	readonly environment: Environment;
	/** Name this storage root and port. */
	readonly options: EngineOptions;
	/** Another port triple. */
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
		environment: { PATH: process.env["PATH"], HOME: root.path, RIVET__TELEMETRY__ENABLED: "false" },
		options: { storageRoot, bindPort: port, telemetry: false },
		anotherPort: freePortTriple,
		async [Symbol.asyncDispose]() {
			await endEnginesIn(root.path);
			await root[Symbol.asyncDispose]();
		},
	};
}

/** Kills every process that was given a database in this folder, also one that does not listen yet. */
async function endEnginesIn(folder: string): Promise<void> {
	const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
	for (const pid of pids) {
		const variables = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
		if (!variables.includes(`RIVET__FILE_SYSTEM__PATH=${folder}${path.sep}`)) continue;
		killIfThere(pid);
		await processGone(pid);
	}
}

/** The address of a built package, for scripts that run in a process of their own. */
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

/** The names of the engine's namespaces. */
export async function namespaces(endpoint: string): Promise<readonly string[]> {
	const response = await fetch(`${endpoint}/namespaces`);
	const body = (await response.json()) as { readonly namespaces: readonly { readonly name: string }[] };
	return body.namespaces.map(({ name }) => name);
}

function killIfThere(pid: number): void {
	try {
		process.kill(pid, "SIGKILL");
	} catch {
		// It ended by itself since it was looked at.
	}
}
