import { describe, expect, it } from "vitest";
import { requireKnownOptions } from "./known-options.ts";

describe("requireKnownOptions", () => {
	const known = { path: true, signal: true };

	it("accepts known options, and an empty object", () => {
		expect(() => requireKnownOptions({ path: undefined }, known)).not.toThrow();
		expect(() => requireKnownOptions({}, known)).not.toThrow();
	});

	it("names an unknown option and lists the known ones", () => {
		expect(() => requireKnownOptions({ path: "a", singal: 1 }, known)).toThrow(
			expect.objectContaining({
				code: "invalid_option",
				message: "Option 'singal' is unknown.",
				metadata: { option: "singal", hint: "Known options: path, signal." },
			}),
		);
	});

	it.each(["toString", "constructor"])(
		"does not take '%s', which every object inherits, for known",
		(name) => {
			expect(() => requireKnownOptions({ [name]: 1 }, known)).toThrow(`Option '${name}' is unknown.`);
		},
	);

	it.each([[undefined], [null], ["text"], [[]]])("refuses %j, which is not an options object", (options) => {
		expect(() => requireKnownOptions(options, known)).toThrow("Option 'options' must be an object.");
	});
});
