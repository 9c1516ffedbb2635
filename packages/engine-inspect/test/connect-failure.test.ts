import { freePortTriple, serveSockets } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { connectFailure } from "../src/index.ts";

describe("B42 the failure of a connection", () => {
	test("is undefined for a server that accepts connections", async () => {
		const port = await freePortTriple();
		await using _server = await serveSockets((socket) => socket.destroy(), { port, host: "127.0.0.1" });
		expect(await connectFailure({ host: "127.0.0.1", port })).toBeUndefined();
	});

	test("names the address at which nothing listens", async () => {
		const port = await freePortTriple();
		expect(await connectFailure({ host: "127.0.0.1", port })).toContain(`ECONNREFUSED 127.0.0.1:${port}`);
	});

	test("names the socket that does not exist", async () => {
		expect(await connectFailure({ path: "/does/not/exist" })).toContain("ENOENT /does/not/exist");
	});
});
