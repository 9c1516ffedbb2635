import { EngineError } from "@rivetkit/engine-core";
import { describe, expect, test } from "vitest";
import { planDownload } from "../download-plan.ts";
import { diskError } from "./disk-error.ts";

const request = { version: "2.3.19", platform: "linux", arch: "x64" } as const;
const cache = planDownload({ ...request, storageRoot: "/cache" });
const folder = planDownload({ ...request, destination: "/bin here" });

describe("B20 an error of this machine's disk", () => {
	test.each(["no_space", "path_occupied", "read_only"])(
		"(%s) suggests another storage root for the cache, and another folder for a destination",
		(code) => {
			const error = new EngineError(code, "Full.", {
				metadata: { path: "/x", hint: "Move `RIVETKIT_STORAGE_PATH`." },
			});
			expect(diskError(error, cache)).toBe(error);
			expect(diskError(error, folder)).toMatchObject({
				code,
				message: "Full.",
				metadata: { path: "/x", hint: expect.stringMatching(/^(?!.*STORAGE_PATH).*`destination`/) },
			});
		},
	);

	test.each([
		[cache, "/cache/engine/2.3.19/rivet-engine-x86_64-unknown-linux-musl", "RIVETKIT_STORAGE_PATH"],
		[folder, "/bin here/rivet-engine-x86_64-unknown-linux-musl", "`destination`"],
	])("is coded even if the system's error has no code of ours: %#", (plan, target, choice) => {
		const cause = Object.assign(new Error("EXDEV: cross-device link"), { code: "EXDEV", syscall: "rename" });
		expect(diskError(cause, plan)).toMatchObject({
			code: "read_only",
			message: `'${target}' could not be written: EXDEV: cross-device link`,
			metadata: { path: target, errno: "EXDEV", hint: expect.stringContaining(choice) },
			cause,
		});
	});

	test.each(["EEXIST", "EISDIR", "ENOTDIR", "ERR_FS_EISDIR"])(
		"is path_occupied if something is in the way: %s",
		(code) => {
			const cause = Object.assign(new Error(`${code}: rename`), { code, syscall: "rename" });
			for (const plan of [cache, folder]) {
				expect(diskError(cause, plan)).toMatchObject({
					code: "path_occupied",
					metadata: { errno: code, hint: expect.stringContaining("in the way") },
				});
			}
		},
	);

	test("suggests to clear the way, or another folder, for a destination", () => {
		const error = new EngineError("path_occupied", "Occupied.", {
			metadata: { path: "/x", hint: "Move it." },
		});
		expect(diskError(error, cache)).toBe(error);
		expect(diskError(error, folder)).toMatchObject({
			code: "path_occupied",
			message: "Occupied.",
			metadata: { path: "/x", hint: expect.stringMatching(/in the way.*`destination`/) },
		});
	});

	test.each([[new EngineError("too_large", "Large.")], [new TypeError("a fault")], ["a text"], [undefined]])(
		"is not made of an error with another cause: %o",
		(error) => {
			expect(diskError(error, folder)).toBe(error);
		},
	);
});
