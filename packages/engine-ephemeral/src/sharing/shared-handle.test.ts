// How this test was seen to fail: with the first disposal's failure kept for later disposals.
import { silentLogger } from "@rivetkit/engine-core";
import { temporaryFolder } from "@rivetkit/engine-testkit";
import { expect, it } from "vitest";
import { reserve } from "../reservation/reserve.ts";
import { addUser } from "../reservation/users.ts";
import { sharedHandle } from "./shared-handle.ts";

it("B41 a shared engine's handle whose disposal has failed can be disposed of again", async () => {
	await using folder = await temporaryFolder();
	const sharedAs = "0".repeat(32);
	const reservation = await reserve(folder.path, sharedAs);
	const health = { status: "ok", runtime: "engine", version: "2.3.19", architecture: undefined } as const;
	let attempts = 0;
	const handle = sharedHandle(
		{
			options: { environment: {} },
			folder: folder.path,
			sharedAs,
			logger: silentLogger,
			sweepAfterwards: () => true,
		},
		{
			reservation,
			user: await addUser(reservation),
			engine: {
				endpoint: "http://127.0.0.1:1",
				startup: { kind: "reused", version: "2.3.19", record: undefined, mismatch: [], timings: {} as never },
				exited: new Promise(() => {}),
			},
			health,
			logs: { stdout: "/out", stderr: "/err" },
			expectEnd: () => {},
			settle: async () => ({ kind: "unknown" }),
			release: async () => {
				attempts++;
				if (attempts === 1) throw new Error("a disk's own");
			},
		},
	);
	const { exited } = handle;
	await expect(handle[Symbol.asyncDispose]()).rejects.toThrow("a disk's own");
	await handle[Symbol.asyncDispose]();
	await handle[Symbol.asyncDispose]();
	expect(attempts).toBe(2);
	expect(await exited).toEqual({ kind: "unknown" });
});
