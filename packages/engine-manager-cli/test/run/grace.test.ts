import { once } from "node:events";
import net from "node:net";
import { describe, expect, it } from "vitest";
import { type Sandbox, sandbox } from "../../../engine-lifecycle/test/sandbox.ts";
import { foreground } from "./foreground.ts";

// Seen to fail without the durations, with 1 s for each of them, and with the durations of a longer grace.

interface Client extends Disposable {
	readonly closed: Promise<unknown>;
}

/** Connects a client that sends a part of a request and nothing more. */
async function slowClient(box: Sandbox): Promise<Client> {
	return await client(box, "GET / HTTP/1.1\r\nHost: x\r\n");
}

/** Connects a client that gets an answer and keeps its connection. */
async function idleClient(box: Sandbox): Promise<Client> {
	return await client(box, "GET /health HTTP/1.1\r\nHost: x\r\n\r\n", "200 OK");
}

async function client(box: Sandbox, request: string, answer?: string): Promise<Client> {
	const socket = net.connect(box.port, "127.0.0.1");
	const closed = new Promise((resolve) => socket.once("close", resolve));
	socket.on("error", () => {});
	await once(socket, "connect");
	socket.write(request);
	if (answer !== undefined) expect(String(await once(socket, "data"))).toContain(answer);
	else socket.resume();
	return { closed, [Symbol.dispose]: () => void socket.destroy() };
}

/**
 * Variables that keep the tool from killing the engine. The machine's speed decides as well how long an engine takes to
 * end; the grace alone decides how long clients have, and when the engine ends by force.
 */
const WITHOUT_KILL = {
	NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`
		const { kill } = process;
		process.kill = (pid, signal) => signal === "SIGKILL" || kill.call(process, pid, signal);
	`)}`,
};

describe("B42 rivet-enginectl run --grace", () => {
	it.each([
		["500", 0],
		["1000", 0],
		["2000", 1],
		["3000", 1],
		["4999", 2],
	])("of %s ms lets clients have %i s, and the engine end by itself", async (grace, seconds) => {
		await using box = await sandbox();
		await using engine = foreground(box, { args: ["--grace", grace], variables: WITHOUT_KILL });
		await engine.ready();
		using slow = await slowClient(box);
		// The engine has the slow request if it answers a request that was sent later.
		using idle = await idleClient(box);
		engine.child.kill();
		expect(await engine.closed, "1 if the engine ended by force").toBe(0);
		await Promise.all([slow.closed, idle.closed]);
		const duration = seconds === 0 ? "0ns" : `${seconds}s`;
		expect(engine.stdout()).toMatch(new RegExp(`starting guard shutdown.* duration=${duration}`));
		expect(engine.stdout()).toContain(`force_shutdown_duration=${Math.max(2, seconds + 1)}s`);
		expect(engine.stdout(), "the engine waited for the slow client").toContain("guard shutdown timed out");
	});

	it("does not make an engine wait for idle clients", async () => {
		await using box = await sandbox();
		await using engine = foreground(box);
		await engine.ready();
		using idle = await idleClient(box);
		engine.child.kill();
		expect(await engine.closed).toBe(0);
		await idle.closed;
		expect(engine.stdout()).not.toContain("timed out");
	});

	it.each(["0", "-1", "soon", "1.5", "99999999999"])("of '%s' is refused", async (grace) => {
		await using box = await sandbox();
		await using engine = foreground(box, { args: ["--grace", grace] });
		expect(await engine.closed).toBe(2);
		expect(engine.stdout() + engine.stderr()).toMatch(/grace/i);
		expect(await box.engines()).toEqual([]);
	});
});
