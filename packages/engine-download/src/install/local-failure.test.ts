import { EngineError } from "@rivetkit/engine-core";
import { describe, expect, test } from "vitest";
import { planDownload } from "../download-plan.ts";
import { localFailure } from "./local-failure.ts";

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
			expect(localFailure(error, cache)).toBe(error);
			expect(localFailure(error, folder)).toMatchObject({
				code,
				message: "Full.",
				metadata: { path: "/x", hint: expect.stringMatching(/^(?!.*STORAGE_PATH).*`--destination`/) },
			});
		},
	);

	test.each([
		[cache, "/cache/engine/2.3.19/rivet-engine-x86_64-unknown-linux-musl", "RIVETKIT_STORAGE_PATH"],
		[folder, "/bin here/rivet-engine-x86_64-unknown-linux-musl", "--destination"],
	])("that has no error of its own is one all the same: %#", (plan, target, choice) => {
		const cause = Object.assign(new Error("EXDEV: cross-device link"), { code: "EXDEV", syscall: "rename" });
		expect(localFailure(cause, plan)).toMatchObject({
			code: "read_only",
			message: `'${target}' could not be written: EXDEV: cross-device link`,
			metadata: { path: target, errno: "EXDEV", hint: expect.stringContaining(choice) },
			cause,
		});
	});

	test.each([[new EngineError("too_large", "Large.")], [new TypeError("a fault")], ["a text"], [undefined]])(
		"is not what the network or a program has done: %o",
		(error) => {
			expect(localFailure(error, folder)).toBe(error);
		},
	);
});
