// Seen to fail with the first disposal's failure kept for later ones.
import { silentLogger } from "@rivetkit/engine-core";
import { temporaryFolder } from "@rivetkit/engine-testkit";
import { expect, it } from "vitest";
import { reservePlace } from "../reservation/reserve.ts";
import { sharedHandle } from "./shared-handle.ts";
import { addUser } from "./users.ts";

it("B41 a shared engine's handle whose disposal has failed can be disposed of again", async () => {
	await using folder = await temporaryFolder();
	const sharedAs = "0".repeat(32);
	const place = await reservePlace(folder.path, sharedAs);
	const health = { status: "ok", runtime: "engine", version: "2.3.19", architecture: undefined } as const;
	let attempts = 0;
	const handle = sharedHandle(
		{
			environment: {},
			options: {},
			folder: folder.path,
			sharedAs,
			logger: silentLogger,
			sweepAfterwards: () => true,
		},
		{
			place,
			user: await addUser(place),
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
