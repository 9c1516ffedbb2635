import type { ActualEngine } from "@rivetkit/engine-instances";
import type { Mismatch } from "../engine.ts";

/** The engine that was asked for; a field is undefined if nothing was asked for there. */
export type ExpectedEngine = { readonly [Field in Mismatch["field"]]: string | undefined };

/**
 * Finds the differences, leaving out what was not asked for and what is not known. Pure.
 *
 * @param strict - Fields in which an unknown value counts as a difference.
 */
export function findMismatches(
	expected: ExpectedEngine,
	actual: ActualEngine,
	strict: readonly Mismatch["field"][] = [],
): readonly Mismatch[] {
	const fields = ["version", "bindHost", "publicUrl", "storage", "messaging", "adminToken"] as const;
	return fields.flatMap((field) => {
		const [wanted, found] = [expected[field], actual[field]];
		if (wanted === undefined || (found === undefined && !strict.includes(field))) return [];
		if (found !== undefined && same(field, wanted, found)) return [];
		return [{ field, expected: wanted, actual: found }];
	});
}

function same(field: Mismatch["field"], wanted: string, found: string): boolean {
	if (field === "publicUrl") return trimmed(wanted) === trimmed(found);
	return wanted === found;
}

function trimmed(url: string): string {
	return url.replace(/\/+$/, "");
}
