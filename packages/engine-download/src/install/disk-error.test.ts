import { EngineError } from "@rivetkit/engine-core";
import { describe, expect, test } from "vitest";
import { planDownload } from "../download-plan.ts";
import { diskError } from "./disk-error.ts";

const request = { version: "2.3.19", platform: "linux", arch: "x64" } as const;
const cache = planDownload({ ...request, storageRoot: "/cache" });
const folder = planDownload({ ...request, destination: "/bin here" });

describe("B20 a failure of this machine's disk", () => {
	test.each(["no_space", "path_occupied", "read_only"])(
		"(%s) names what can be chosen instead: another storage root, or another folder",
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
	])("that has no error of its own is one all the same: %#", (plan, target, choice) => {
		const cause = Object.assign(new Error("EXDEV: cross-device link"), { code: "EXDEV", syscall: "rename" });
		expect(diskError(cause, plan)).toMatchObject({
			code: "read_only",
			message: `'${target}' could not be written: EXDEV: cross-device link`,
			metadata: { path: target, errno: "EXDEV", hint: expect.stringContaining(choice) },
			cause,
		});
	});

	test.each(["EEXIST", "EISDIR", "ENOTDIR", "ERR_FS_EISDIR"])(
		"that is something in the way is told apart from a disk that cannot be written: %s",
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

	test("names what is in the way of a folder that the caller has chosen, and another choice", () => {
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
		"is not what the network or a program has done: %o",
		(error) => {
			expect(diskError(error, folder)).toBe(error);
		},
	);
});
