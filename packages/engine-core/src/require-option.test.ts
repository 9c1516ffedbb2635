import { describe, expect, it } from "vitest";
import { requireOption } from "./require-option.ts";

describe("requireOption", () => {
	it("accepts a value that is valid", () => {
		expect(() => requireOption("port", true, "a port")).not.toThrow();
	});

	it("names the option and what it must be", () => {
		expect(() => requireOption("port", false, "a port")).toThrow(
			expect.objectContaining({
				code: "invalid_option",
				message: "Option 'port' must be a port.",
				metadata: { option: "port" },
			}),
		);
	});
});
