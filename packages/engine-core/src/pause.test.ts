import { expect, test } from "vitest";
import { pause } from "./pause.ts";

test("a pause ends after its time", async () => {
	await expect(pause(1)).resolves.toBeUndefined();
});

test("a pause rejects at once with the signal's reason if aborted", async () => {
	const reason = new Error("called off");
	const abort = new AbortController();
	const paused = pause(3_600_000, { signal: abort.signal });
	abort.abort(reason);
	await expect(paused).rejects.toBe(reason);
	await expect(pause(3_600_000, { signal: abort.signal, keepsAlive: false })).rejects.toBe(reason);
});
