import { describe, expect, test } from "vitest";
import { readLogEnd } from "./files/read-log-end.ts";
import { watchFolder } from "./files/watch-folder.ts";
import { storageRoot } from "./layout/storage-layout.ts";
import { withLock } from "./lock/with-lock.ts";
import { pause } from "./pause.ts";

describe("an option that is not known", () => {
	const misspelt: object = { timeout: 1 };

	test.each<[string, () => unknown]>([
		["pause", () => pause(1, misspelt)],
		["readLogEnd", () => readLogEnd("/no such file", 1, misspelt)],
		["storageRoot", () => storageRoot({ environment: {}, cwd: "/", ...misspelt })],
		["watchFolder", () => watchFolder("/no such folder", undefined, misspelt)],
		["withLock", () => withLock("/no such folder", async () => {}, misspelt)],
	])("is refused by %s", async (_, call) => {
		await expect((async () => await call())()).rejects.toMatchObject({
			code: "invalid_option",
			message: "Option 'timeout' is unknown.",
		});
	});
});
