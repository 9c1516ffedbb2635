import type { InstanceLayout } from "@rivetkit/engine-core";
import type { EngineRecord } from "./record.ts";

/**
 * Tells whether the record of an engine that lives is about this instance's database. In a copy of another instance's
 * folder, the record is about the engine of that instance.
 */
export async function recordBelongs(
	{ databasePath, identity }: EngineRecord,
	layout: InstanceLayout,
): Promise<boolean> {
	// Equal paths need nothing more: a reuse loads no module that asks the system.
	if (databasePath === layout.databasePath) return true;
	const { engineDatabase, samePath } = await import("@rivetkit/engine-inspect");
	if (await samePath(databasePath, layout.databasePath)) return true;
	// The record of a folder that was moved while its engine runs has the former path.
	const open = await engineDatabase(identity.pid);
	return open !== undefined && (await samePath(open, layout.databasePath));
}
