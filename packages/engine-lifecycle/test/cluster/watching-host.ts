import { runScript } from "@rivetkit/engine-testkit";
import { vi } from "vitest";
import type { EngineOptions } from "../../../engine-config/src/engine-options.ts";
import type { EngineEvent } from "../../src/events.ts";
import { hostVariables } from "../race-hosts.ts";
import { builtPackage, type Sandbox } from "../sandbox.ts";

/** A host in a process of its own that starts an engine, and starts it again after each crash. */
export interface WatchingHost extends AsyncDisposable {
	/** The events since the first start of its engine. */
	readonly events: readonly EngineEvent[];
	/** Returns the pid of the engine that the host watches now. */
	pid(): number;
	/** Waits for this number of restarts by the host. Rejects if the host has given up or ended. */
	untilRestarted(times: number): Promise<void>;
}

const HOST = `
	const [manager, options] = JSON.parse(process.argv[1]);
	const { startOrReuse } = await import(manager);
	let told = () => {};
	const engine = await startOrReuse({ ...options, onCrash: "restart", onEvent: (event) => told(event) });
	told = (event) => console.log(JSON.stringify(event));
	console.log(engine.startup.pid);
	setInterval(() => {}, 1000);
`;

/** Runs such hosts, one after the other, and resolves when all their engines are ready. Disposing ends the hosts only. */
export async function startWatchingHosts(
	box: Sandbox,
	members: readonly EngineOptions[],
): Promise<AsyncDisposable & { readonly hosts: readonly WatchingHost[] }> {
	const hosts: WatchingHost[] = [];
	const endAll = async (): Promise<void> => {
		for (const host of hosts) await host[Symbol.asyncDispose]();
	};
	try {
		for (const options of members) hosts.push(await startWatchingHost(box, options));
	} catch (error) {
		await endAll();
		throw error;
	}
	return { hosts, [Symbol.asyncDispose]: endAll };
}

async function startWatchingHost(box: Sandbox, options: EngineOptions): Promise<WatchingHost> {
	const args = [JSON.stringify([builtPackage("engine-manager"), options])];
	const host = runScript(HOST, { env: hostVariables(box), args });
	const started = Number(await host.nextLine());
	const events: EngineEvent[] = [];
	let failure: unknown;
	const follow = async (): Promise<never> => {
		for (;;) events.push(JSON.parse(await host.nextLine()));
	};
	follow().catch((error: unknown) => {
		failure = error;
	});
	const restarts = () => events.filter((event) => event.kind === "restarted");
	return {
		events,
		pid: () => restarts().at(-1)?.pid ?? started,
		untilRestarted: async (times) =>
			await vi
				.waitUntil(
					() => {
						const end = events.find((event) => event.kind === "gave-up");
						if (end !== undefined) throw new Error(`The host has given up: ${end.reason}`);
						if (failure !== undefined) throw failure;
						return restarts().length >= times || undefined;
					},
					{ timeout: 180_000, interval: 20 },
				)
				.then(() => {}),
		[Symbol.asyncDispose]: () => host[Symbol.asyncDispose](),
	};
}
