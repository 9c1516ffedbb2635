import { startEphemeralEngine } from "@rivetkit/engine-ephemeral";
import { expect, inject, test } from "vitest";
import { createNamespace, namespaces } from "./namespaces.ts";

test("an engine that this test may crash keeps what was written", async () => {
	await using engine = await startEphemeralEngine();
	expect(engine.endpoint).not.toBe(inject("rivetEngine").endpoint);
	await createNamespace(engine.endpoint, "written");
	await engine.kill("SIGKILL");
	await engine.restart();
	expect(await namespaces(engine.endpoint)).toContain("written");
});
