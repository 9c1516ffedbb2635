import { existsSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { lacksClusterParts, processGone } from "../src/index.ts";
import { runWithTestkit } from "./run-with-testkit.ts";

const START = `
	const servers = [await testkit.startPostgres(), await testkit.startNats()];
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
		test.each([
			["is killed", "process.kill(process.pid, 'SIGKILL');"],
			["is ended by a signal", "process.kill(process.pid, 'SIGTERM');"],
			["throws", "throw new Error('on purpose');"],
			["has nothing else to do", ""],
		])("are gone with their files when their process %s", async (_title, end) => {
			await using script = runWithTestkit(START + end);
			const servers: readonly Left[] = JSON.parse(await script.nextLine());
			await script.exited;
			for (const { pid, folder } of servers) {
				await processGone(pid, 10_000);
				await vi.waitUntil(() => !existsSync(folder), { timeout: 10_000, interval: 10 });
			}
			expect(servers).toHaveLength(2);
		});
	},
);
