import { existsSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { lacksClusterParts, processGone } from "../src/index.ts";
import { runWithTestkit } from "./run-with-testkit.ts";

/** A program that starts servers, of which the first is frozen then. */
const starting = (...servers: readonly string[]) => `
	const servers = await Promise.all([${servers.map((server) => `testkit.start${server}()`).join()}]);
	await servers[0].freeze();
	console.log(JSON.stringify(servers.map(({ pid, folder }) => ({ pid: pid(), folder }))));
`;

interface Left {
	readonly pid: number;
	readonly folder: string;
}

describe.skipIf(lacksClusterParts(import.meta.url))(
	"servers, one of them frozen, that nobody disposed of",
	() => {
		// A PostgreSQL takes 2 s of processor time: one is enough, for what ends a server does not depend on how its process ended.
		test.each([
			["is killed", "process.kill(process.pid, 'SIGKILL');", ["Postgres", "Nats"]],
			["is ended by a signal", "process.kill(process.pid, 'SIGTERM');", ["Nats"]],
			["throws", "throw new Error('on purpose');", ["Nats"]],
			["has nothing else to do", "", ["Nats"]],
		])("are gone with their files when their process %s", async (_title, end, programs) => {
			await using script = runWithTestkit(starting(...programs) + end);
			const servers: readonly Left[] = JSON.parse(await script.nextLine());
			await script.exited;
			for (const { pid, folder } of servers) {
				await processGone(pid, 10_000);
				await vi.waitUntil(() => !existsSync(folder), { timeout: 10_000, interval: 10 });
			}
			expect(servers).toHaveLength(programs.length);
		});
	},
);
