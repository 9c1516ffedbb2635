import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { processGone } from "@rivetkit/engine-testkit";
import { expect, test, vi } from "vitest";
import { pruneEngines } from "../src/index.ts";
import { depot, gate, runDownloader } from "./process-downloads.ts";

const MIB = 1024 * 1024;

test("B23 B38 pruning removes the partials of processes that are proven dead, and no others", async () => {
	const hold = gate();
	await using place = await depot(2 * MIB, [
		{ kind: "stall", afterBytes: 300_000 },
		{ kind: "hold", afterBytes: 500_000, until: hold.opened },
	]);
	const { storageRoot, partialFolder } = place;
	const partialOf = async (bytes: number): Promise<string> => {
		let found: string | undefined;
		await vi.waitUntil(
			async () => {
				const names = (await readdir(partialFolder).catch(() => [])).filter((name) => name.endsWith(".part"));
				const files = names.map((name) => path.join(partialFolder, name));
				const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
				found = files[sizes.indexOf(bytes)];
				return found !== undefined;
			},
			{ timeout: 30_000 },
		);
		return found ?? "";
	};
	const prune = () => pruneEngines({ storageRoot, keep: 1 });

	await using doomed = runDownloader(place.request);
	const abandoned = await partialOf(300_000);
	expect(await prune(), "while it lives").toMatchObject({ removedPartials: [], freedBytes: 0 });
	doomed.kill("SIGKILL");
	await processGone(doomed.pid);
	expect(await prune()).toMatchObject({ removedPartials: [abandoned], freedBytes: 300_000 });
	expect(await place.partials()).toEqual([]);

	await using living = runDownloader(place.request);
	const itsPartial = await partialOf(500_000);
	expect(await prune()).toMatchObject({ removedPartials: [], freedBytes: 0 });
	expect((await stat(itsPartial)).size).toBe(500_000);
	hold.open();
	expect(await living.outcome).toMatchObject({ kind: "done", source: "download" });
	expect(place.ranges(), "from its start, as nothing was left to go on with").toEqual([undefined, undefined]);
	expect(await place.installed()).toEqual({ isRight: true, mode: 0o755, verified: place.sha256 });
});
