import { EngineError } from "./errors.ts";

/**
 * Checks that options are an object with known names only. Otherwise a misspelt option would be ignored silently.
 *
 * @param known - An object with a property for each option; the values do not matter. A constant of the type
 * `Readonly<Record<keyof Options, true>>` cannot miss an option.
 * @throws EngineError `invalid_option`, naming the option.
 */
export function requireKnownOptions(options: unknown, known: object): asserts options is object {
	if (typeof options !== "object" || options === null || Array.isArray(options)) {
		throw new EngineError("invalid_option", "Option 'options' must be an object.", {
			metadata: { option: "options" },
		});
	}
	const unknown = Object.keys(options).find((name) => !Object.hasOwn(known, name));
	if (unknown === undefined) return;
	throw new EngineError("invalid_option", `Option '${unknown}' is unknown.`, {
		metadata: { option: unknown, hint: `Known options: ${Object.keys(known).join(", ")}.` },
	});
}
