import { spawn } from "node:child_process";
import { once } from "node:events";
import { parseEndpoint, silentLogger } from "@rivetkit/engine-core";
import { identifyProcess } from "@rivetkit/engine-core/process";
import { serveSockets } from "@rivetkit/engine-testkit";
import { describe, expect, it, vi } from "vitest";
import { watchReusedEngine } from "./watch-reused.ts";

// Seen to fail with a closed connection, or an answer that does not come, taken for the end.

describe("B40 watching an engine by a connection that does not last", () => {
	it("goes on for as long as the engine's process lives", async () => {
		const engine = spawn("sleep", ["60"], { stdio: "ignore" });
		let connections = 0;
		await using server = await serveSockets((socket) => {
			connections++;
			socket.destroy();
		});
		const watch = watched(server.url, await identifyProcess(engine.pid ?? 0));
		await vi.waitUntil(() => connections >= 5, { timeout: 10_000 });
		expect(watch.hasEnded()).toBe(false);
		const gone = once(engine, "exit");
		engine.kill("SIGKILL");
		await gone;
		expect(await watch.exited).toEqual({ kind: "unknown" });
	});

	it("goes on, if its process is not known, until nothing listens any more", async () => {
		let connections = 0;
		const server = await serveSockets((socket) => {
			// The watching connection is closed. The probe after it gets no answer, as from an engine that is too busy.
			if (connections++ % 2 === 0) socket.destroy();
		});
		const watch = watched(server.url, undefined);
		await vi.waitUntil(() => connections >= 3, { timeout: 10_000 });
		expect(watch.hasEnded()).toBe(false);
		await server[Symbol.asyncDispose]();
		expect(await watch.exited).toEqual({ kind: "unknown" });
	});
});

function watched(url: string, identity: Awaited<ReturnType<typeof identifyProcess>>) {
	let ended = false;
	const endpoint = parseEndpoint(url);
	const exited = watchReusedEngine(endpoint, identity, silentLogger, new AbortController().signal);
	void exited.then(() => {
		ended = true;
	});
	return { exited, hasEnded: () => ended };
}
