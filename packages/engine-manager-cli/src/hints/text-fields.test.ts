import { expect, it } from "vitest";
import { withFlagsInTexts } from "./text-fields.ts";

// Seen to fail with every string taken for a text, and with warnings left as they are.

it("B42 adds flags to the texts of a document, and to nothing else", () => {
	const document = {
		error: {
			code: "x",
			message: "`bindPort` is taken.",
			metadata: { hint: "Use `spawn`.", stdoutTail: ["`spawn`"] },
		},
		findings: [{ cure: "Use `force: true`.", reason: undefined }],
		warnings: ["Give `adminToken`."],
		path: "/a/`spawn`",
	};
	expect(JSON.parse(JSON.stringify(document, withFlagsInTexts))).toEqual({
		error: {
			code: "x",
			message: "`bindPort` (`--bind-port`) is taken.",
			metadata: { hint: "Use `spawn` (`--spawn`).", stdoutTail: ["`spawn`"] },
		},
		findings: [{ cure: "Use `force: true` (`--force`)." }],
		warnings: ["Give `adminToken` (`--admin-token-file`)."],
		path: "/a/`spawn`",
	});
});
