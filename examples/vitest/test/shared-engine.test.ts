import { expect, inject, test } from "vitest";
import { createNamespace, namespaces } from "./namespaces.ts";

// The engine that the global set-up has started. The value is typed.
const { endpoint } = inject("rivetEngine");

test("the engine of this run answers", async () => {
	const health = await fetch(`${endpoint}/health`);
	expect(await health.json()).toMatchObject({ runtime: "engine" });
});

test("what a test writes, it reads", async () => {
	await createNamespace(endpoint, "from-a-test");
	expect(await namespaces(endpoint)).toContain("from-a-test");
});
