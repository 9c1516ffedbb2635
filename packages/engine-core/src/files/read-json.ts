import { readFile } from "node:fs/promises";

/** Content of a JSON file. A missing, unreadable or garbled file is a value, not an error. */
export type ReadJson<Value> =
	| { readonly kind: "present"; readonly value: Value }
	| { readonly kind: "absent" }
	| { readonly kind: "corrupt"; readonly path: string; readonly reason: string };

/**
 * Reads a JSON file.
 *
 * @param parse - Narrows the parsed JSON; returns undefined if a field is missing or has another type.
 */
export async function readJson<Value>(
	path: string,
	parse: (value: unknown) => Value | undefined,
): Promise<ReadJson<Value>> {
	let text: string;
	try {
		text = await readFile(path, "utf8");
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException;
		return code === "ENOENT" || code === "ENOTDIR"
			? { kind: "absent" }
			: { kind: "corrupt", path, reason: message };
	}
	try {
		const value = parse(JSON.parse(text));
		if (value !== undefined) return { kind: "present", value };
		return { kind: "corrupt", path, reason: "it lacks fields that it must have" };
	} catch {
		return { kind: "corrupt", path, reason: "it is not JSON" };
	}
}
