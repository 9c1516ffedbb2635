import { invalidOptionError } from "../options/invalid-option.ts";

/**
 * Refuses an unusable component name. The name becomes part of a path and of a URL, so it must not lead elsewhere.
 *
 * @throws EngineError `invalid_option`
 */
export function requireComponent(component: string): void {
	if (isComponent(component)) return;
	throw invalidOptionError("component", `must be a name such as engine, not '${component}'`, {
		hint: "A component has lower-case letters, digits and dashes, and starts and ends with a letter or digit.",
	});
}

/** Returns whether a text can be the name of a component. */
export function isComponent(text: string): boolean {
	return /^[a-z0-9]+(-+[a-z0-9]+)*$/.test(text);
}
