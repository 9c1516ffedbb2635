// Seen to fail without the count of projects, and with an engine for each of them.
import { afterEach, describe, expect, expectTypeOf, type inject, it, vi } from "vitest";
import { createEngineSetup, type ProvidedEngine, setup, teardown } from "../src/vitest.ts";
import { leftIn, placesIn } from "./ephemeral-box.ts";
import { sandbox } from "./sandbox.ts";

afterEach(() => {
	vi.unstubAllEnvs();
});

/** What a project of vitest is to a set-up. */
function project() {
	const provided: ProvidedEngine[] = [];
	return { provided, provide: (_key: "rivetEngine", value: ProvidedEngine) => void provided.push(value) };
}

describe("B41 the global set-up for vitest", () => {
	it("starts one engine for all projects that use it, and ends it when the last is done", async () => {
		await using box = await sandbox();
		vi.stubEnv("TMPDIR", box.folder);
		const shared = createEngineSetup({ timeoutMs: 20_000 });
		const [one, other] = [project(), project()];
		await Promise.all([shared.setup(one), shared.setup(other)]);
		expect(one.provided).toEqual(other.provided);
		expect(one.provided).toMatchObject([
			{ version: "2.3.19", storagePath: expect.stringContaining(box.folder) },
		]);
		expect(await placesIn(box)).toHaveLength(2);
		await shared.teardown();
		expect((await fetch(`${one.provided[0]?.endpoint}/health`)).status).toBe(200);
		await shared.teardown();
		expect(await leftIn(box)).toEqual([]);
	});

	it("is ready made, and tells what keeps an engine from starting", async () => {
		await using box = await sandbox();
		vi.stubEnv("TMPDIR", box.folder);
		vi.stubEnv("RIVET_ENGINE_BINARY_PATH", "/nowhere/rivet-engine");
		await expect(setup(project())).rejects.toMatchObject({ code: "binary_not_found" });
		await teardown();
		vi.stubEnv("RIVET_ENGINE_BINARY_PATH", undefined);
		const later = project();
		await setup(later);
		expect(later.provided).toHaveLength(1);
		await teardown();
		expect(await leftIn(box)).toEqual([]);
	});

	it("gives `inject` a type", () => {
		expectTypeOf<typeof inject<"rivetEngine">>().returns.toEqualTypeOf<ProvidedEngine>();
	});
});
