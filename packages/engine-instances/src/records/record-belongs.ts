import type { InstanceLayout } from "@rivetkit/engine-core";
import type { EngineRecord } from "./record.ts";

/**
 * Whether the record of an engine that lives is about this instance's database. A record that came with a copy of
 * another instance's folder names that one's engine.
 */
export async function recordBelongs(
	{ databasePath, identity }: EngineRecord,
	layout: InstanceLayout,
): Promise<boolean> {
	// Equal paths need nothing more: a reuse loads no module that asks the system.
	if (databasePath === layout.databasePath) return true;
	const { engineDatabase, samePath } = await import("@rivetkit/engine-inspect");
	if (await samePath(databasePath, layout.databasePath)) return true;
	// A folder that was moved while its engine runs is recorded under its former path.
	const open = await engineDatabase(identity.pid);
	return open !== undefined && (await samePath(open, layout.databasePath));
}
