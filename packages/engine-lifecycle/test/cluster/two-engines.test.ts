import {
	type AcknowledgedWrite,
	lacksClusterParts,
	readNamespaces,
	startWriters,
} from "@rivetkit/engine-testkit";
import { describe, expect, it, vi } from "vitest";
import type { EngineOptions } from "../../../engine-config/src/engine-options.ts";
import type { Engine } from "../../src/engine.ts";
import { startOrReuse } from "../../src/start-or-reuse.ts";
import { stopEngine } from "../../src/stop/stop-engine.ts";
import { createNamespace, type Sandbox } from "../sandbox.ts";
import { clusterSandbox, instanceOptions, killEngine, leads, spawnedHere } from "./cluster-sandbox.ts";
import { sharedDatabase } from "./clustered-engines.ts";
import { ownServers } from "./own-servers.ts";

// Seen to fail: without NATS or its password in the engine's file, and with some of the read names left out.

describe.skipIf(lacksClusterParts(import.meta.url))("B42 two engines on one PostgreSQL and NATS", () => {
	const servers = ownServers();

	it("each read the writes of the other", async () => {
		await using box = await clusterSandbox();
		const [one, two] = await startTwo(box, await sharedDatabase(servers.postgres, servers.nats, "crossing"));
		expect(await box.engines()).toHaveLength(2);
		await createNamespace(one.engine.endpoint, "through-one");
		expect(await readNamespaces(two.engine.endpoint)).toContain("through-one");
		await createNamespace(two.engine.endpoint, "through-two");
		expect(await readNamespaces(one.engine.endpoint)).toContain("through-two");
	}, 90_000);

	it("keep every acknowledged write while they are killed or stopped in turn", async () => {
		await using box = await clusterSandbox();
		const members = await startTwo(box, await sharedDatabase(servers.postgres, servers.nats, "failover"));
		const acknowledged: string[] = [];
		const underLoad = async (title: string, survivor: Member, end: () => Promise<unknown>): Promise<void> => {
			const endpoints = [survivor.engine.endpoint];
			await using load = startWriters({ endpoints, writers: 4, timeoutMs: PATIENCE_MS });
			await load.untilAcknowledged(WRITES);
			const moment = performance.now();
			await end();
			await load.pauseSince(moment);
			await load.untilAcknowledged(load.acknowledged.length + WRITES);
			const { acknowledged: names, failures } = await load.stop();
			acknowledged.push(...names);
			const [before, after] = longestPauses(load.acknowledged, moment);
			console.log(
				`${title}: writes through the other engine paused ${before} ms at most before, ${after} ms after it; ${names.length} acknowledged, ${failures} given up after ${PATIENCE_MS} ms or failed.`,
			);
		};

		const leader = await leaderOf(members);
		const follower = theOther(members, leader);
		await underLoad("SIGKILL of the leader", follower, () => killEngine(spawnedHere(leader.engine).pid));
		expect(await leads(follower.engine)).toBe(true);
		leader.engine = await startOrReuse({ ...leader.options, environment: box.environment });
		expect(await leads(leader.engine), "it follows now").toBe(false);
		await underLoad("SIGKILL of a follower", follower, () => killEngine(spawnedHere(leader.engine).pid));
		leader.engine = await startOrReuse({ ...leader.options, environment: box.environment });
		expect(await leads(leader.engine), "it still follows").toBe(false);
		await underLoad("SIGTERM to the leader", leader, async () => {
			expect(await stopEngine({ ...follower.options, environment: box.environment })).toMatchObject({
				kind: "stopped",
				outcome: "exited",
			});
		});
		expect(await leads(leader.engine), "it leads again").toBe(true);

		const kept = new Set(await readNamespaces(leader.engine.endpoint));
		expect(acknowledged.length).toBeGreaterThanOrEqual(6 * WRITES);
		expect(acknowledged.filter((name) => !kept.has(name))).toEqual([]);
	}, 300_000);
});

/**
 * The time that a writer waits for one write. A write to an engine that dies may hang for half a minute, while other writes
 * get through.
 */
const PATIENCE_MS = 1000;

/** The number of writes that are acknowledged before each end, and after it. */
const WRITES = 50;

/** Finds the longest times without an acknowledgement: before a moment, and from that moment on. */
function longestPauses(writes: readonly AcknowledgedWrite[], moment: number): readonly [number, number] {
	const times = writes.map(({ acknowledgedAt }) => acknowledgedAt);
	const longest = (some: readonly number[]): number =>
		Math.round(Math.max(...some.map((time, index) => time - (some[index - 1] ?? time))));
	const first = times.findIndex((time) => time > moment);
	return [longest(times.slice(0, first)), longest([moment, ...times.slice(first)])];
}

interface Member {
	readonly options: EngineOptions;
	engine: Engine;
}

async function startTwo(box: Sandbox, shared: EngineOptions): Promise<readonly [Member, Member]> {
	const start = async (name: string): Promise<Member> => {
		const options = await instanceOptions(box, name, shared);
		return { options, engine: await startOrReuse({ ...options, environment: box.environment }) };
	};
	return [await start("one"), await start("two")];
}

async function leaderOf(members: readonly [Member, Member]): Promise<Member> {
	return await vi.waitUntil(
		async () => {
			const leading = await Promise.all(members.map(({ engine }) => leads(engine)));
			return members[leading.indexOf(true)];
		},
		{ timeout: 60_000 },
	);
}

function theOther([one, two]: readonly [Member, Member], member: Member): Member {
	return member === one ? two : one;
}
