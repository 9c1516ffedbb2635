import type { InstanceLayout } from "@rivetkit/engine-core";
import type { EngineRecord } from "./record.ts";

/**
 * True if the record of a living engine is about this instance's database. If the folder is a copy of another instance's
 * folder, the record is about the other instance's engine.
 */
export async function recordBelongs(
	{ databasePath, identity }: EngineRecord,
	layout: InstanceLayout,
): Promise<boolean> {
	// If the paths are equal, a reuse need not load the module below.
	if (databasePath === layout.databasePath) return true;
	const { engineDatabase, samePath } = await import("@rivetkit/engine-inspect");
	if (await samePath(databasePath, layout.databasePath)) return true;
	// If the folder was moved while its engine runs, the record has the old path.
	const open = await engineDatabase(identity.pid);
	return open !== undefined && (await samePath(open, layout.databasePath));
}
