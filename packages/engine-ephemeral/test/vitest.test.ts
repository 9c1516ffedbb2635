// Seen to fail without the count of projects, with an engine for each project, and with an engine provided again that has
// ended or did not start.
import { afterEach, describe, expect, expectTypeOf, type inject, it, vi } from "vitest";
import { sandbox } from "../../engine-lifecycle/test/sandbox.ts";
import { createEngineSetup, type ProvidedEngine, setup, teardown } from "../src/vitest.ts";
import { entriesIn, leftIn } from "./ephemeral-box.ts";

afterEach(() => {
	vi.unstubAllEnvs();
});

/** Makes the part of a vitest project that a set-up uses. */
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
		expect(await entriesIn(box)).toHaveLength(2);
		await shared.teardown();
		expect((await fetch(`${one.provided[0]?.endpoint}/health`)).status).toBe(200);
		await shared.teardown();
		expect(await leftIn(box)).toEqual([]);
	});

	it("is ready-made, and says why an engine did not start", async () => {
		await using box = await sandbox();
		vi.stubEnv("TMPDIR", box.folder);
		vi.stubEnv("RIVET_ENGINE_BINARY_PATH", "/nowhere/rivet-engine");
		await expect(setup(project())).rejects.toMatchObject({ code: "binary_not_found" });
		vi.stubEnv("RIVET_ENGINE_BINARY_PATH", undefined);
		const misspelt = createEngineSetup({ timeout: 1 } as object);
		await expect(misspelt.setup(project())).rejects.toMatchObject({ code: "invalid_option" });
		const later = project();
		await setup(later);
		expect(later.provided).toHaveLength(1);
		await teardown();
		await teardown();
		expect(await leftIn(box)).toEqual([]);
	});

	it("provides another engine for a run in watch mode if the engine of the run before has ended", async () => {
		await using box = await sandbox();
		vi.stubEnv("TMPDIR", box.folder);
		const watched = createEngineSetup();
		let rerun = async (): Promise<void> => {};
		const { provided, provide } = project();
		await watched.setup({
			provide,
			onTestsRerun: (told) => {
				rerun = told;
			},
		});
		await rerun();
		const [first, second] = provided;
		expect(second, "it lives").toEqual(first);
		const [pid = 0] = await box.engines();
		process.kill(pid, "SIGKILL");
		await vi.waitFor(
			async () => {
				await rerun();
				expect(provided.at(-1)?.storagePath).not.toBe(first?.storagePath);
			},
			{ timeout: 20_000 },
		);
		expect((await fetch(`${provided.at(-1)?.endpoint}/health`)).status).toBe(200);
		expect(await entriesIn(box), "the files of the first engine are gone").toHaveLength(2);
		await watched.teardown();
		expect(await leftIn(box)).toEqual([]);
	});

	it("gives `inject` a type", () => {
		expectTypeOf<typeof inject<"rivetEngine">>().returns.toEqualTypeOf<ProvidedEngine>();
	});
});
