import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { lacksClusterParts } from "@rivetkit/engine-testkit";
import { describe, expect, it, type TestContext, vi } from "vitest";
import { sandbox, skipAloud } from "../../../engine-lifecycle/test/sandbox.ts";
import { run } from "../tool.ts";
import { type Foreground, foreground } from "./foreground.ts";

// Seen to fail without listeners for signals: the first process of a namespace then ignores them.

/** The command that makes a program the first process of a pid namespace of its own. */
const ALONE = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"];

function requireNamespaces(context: TestContext): void {
	if (process.getuid?.() !== 0) skipAloud(context, "a pid namespace takes root");
}

/** Finds the first process of the namespace that a program has made. */
async function firstOf({ pid }: Foreground): Promise<number> {
	for (const name of (await readdir("/proc")).filter((each) => /^\d+$/.test(each))) {
		const stat = await readFile(`/proc/${name}/stat`, "utf8").catch(() => "");
		if (Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === pid) return Number(name);
	}
	throw new Error(`Process ${pid} has no child.`);
}

describe("B42 rivet-enginectl run in a container", () => {
	it.skipIf(lacksClusterParts(import.meta.url, ["tini"])).for(["SIGTERM", "SIGINT"] as const)(
		"under tini ends with 0 at %s, and so do all its processes",
		async (signal, context) => {
			requireNamespaces(context);
			await endsIn(["tini", "--"], signal);
		},
	);

	it.for(["SIGTERM", "SIGINT"] as const)(
		"as the first process ends with 0 at %s",
		async (signal, context) => {
			requireNamespaces(context);
			await endsIn([], signal);
		},
	);

	async function endsIn(init: readonly string[], signal: NodeJS.Signals): Promise<void> {
		await using box = await sandbox();
		await using engine = foreground(box, { wrapper: [...ALONE, ...init] });
		await engine.ready();
		expect(await box.engines()).toHaveLength(1);
		process.kill(await firstOf(engine), signal);
		expect(await engine.closed).toBe(0);
		expect(engine.stdout()).toContain("all services finished");
		expect(await box.engines()).toEqual([]);
	}

	it("starts again in the next container after the first was killed as a whole", async (context) => {
		requireNamespaces(context);
		await using box = await sandbox();
		await using engine = foreground(box, { wrapper: ALONE });
		await engine.ready();
		process.kill(await firstOf(engine), "SIGKILL");
		await engine.closed;
		await vi.waitUntil(async () => (await box.engines()).length === 0, { timeout: 10_000 });
		await using next = foreground(box, { wrapper: ALONE });
		await next.ready();
		process.kill(await firstOf(next), "SIGTERM");
		expect(await next.closed).toBe(0);
	});
});

describe("B42 rivet-enginectl run", () => {
	it.each([undefined, ""])(
		"works without a home (HOME=%j), and with blanks in all of its paths",
		async (HOME) => {
			await using box = await sandbox();
			const storageRoot = path.join(box.folder, "a root with blanks", ".rivetkit");
			const args = ["--storage-root", storageRoot];
			await using engine = foreground(box, { args, variables: { HOME } });
			const { pid } = await engine.ready();
			expect(await box.engines()).toEqual([pid]);
			const target = [...args, "--bind-port", String(box.port)];
			expect(JSON.parse((await run(box, ["status", ...target, "--json"])).stdout)).toMatchObject({ pid });
			engine.child.kill();
			expect(await engine.closed).toBe(0);
		},
	);
});
