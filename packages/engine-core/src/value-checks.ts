/** True for text that the system accepts as a path or an argument. */
export function isText(value: unknown): value is string {
	return typeof value === "string" && value !== "" && !value.includes("\0");
}

/** True for an object that is no list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** True for a list of strings. */
export function isStringList(value: unknown): value is readonly string[] {
	return Array.isArray(value) && value.every((item) => typeof item === "string");
}

/** True for an object whose values are strings. */
export function isStringRecord(value: unknown): value is Readonly<Record<string, string>> {
	return isRecord(value) && isStringList(Object.values(value));
}

/** True for an AbortSignal, also from another realm, such as a browser test environment. */
export function isAbortSignal(value: unknown): value is AbortSignal {
	return isRecord(value) && hasMethod(value, "throwIfAborted") && hasMethod(value, "addEventListener");
}

/** True for a duration that `setTimeout` can hold. */
export function isDuration(value: unknown): value is number {
	return typeof value === "number" && value >= 0 && value <= 2_147_483_647;
}

/** True for an object with a method of this name. */
export function hasMethod(value: unknown, name: string): boolean {
	return isRecord(value) && typeof value[name] === "function";
}
