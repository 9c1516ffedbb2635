import { EngineError } from "@rivetkit/engine-core";

/**
 * Makes the error for an option that cannot be used.
 *
 * @param flaw - The rest of the sentence `Option '<name>' ...`, such as `must be a path`. It must not contain secrets.
 */
export function invalidOptionError(
	option: string,
	flaw: string,
	{ hint, cause }: { readonly hint?: string; readonly cause?: unknown } = {},
): EngineError<"invalid_option"> {
	return new EngineError("invalid_option", `Option '${option}' ${flaw}.`, {
		metadata: hint === undefined ? { option } : { option, hint },
		cause,
	});
}
