import { EngineError } from "./errors.ts";

/**
 * Checks the value of an option, or of a positional argument.
 *
 * @param expected - The end of the sentence `Option '<name>' must be ...`. The value is not shown: it may be a secret.
 * @throws EngineError `invalid_option`, naming the option.
 */
export function requireOption(name: string, isValid: boolean, expected: string): void {
	if (isValid) return;
	throw new EngineError("invalid_option", `Option '${name}' must be ${expected}.`, {
		metadata: { option: name },
	});
}
