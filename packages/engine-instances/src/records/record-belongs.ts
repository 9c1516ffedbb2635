import type { InstanceLayout } from "@rivetkit/engine-core";
import { samePath } from "@rivetkit/engine-inspect";
import type { EngineRecord } from "./record.ts";

/**
 * Whether the record of an engine that lives is about this instance's database. A record that came with a copy of
 * another instance's folder names that one's engine.
 */
export async function recordBelongs(
	{ databasePath, identity }: EngineRecord,
	layout: InstanceLayout,
): Promise<boolean> {
	if (await samePath(databasePath, layout.databasePath)) return true;
	// A folder that was moved while its engine runs is recorded under its former path.
	const { engineDatabase } = await import("@rivetkit/engine-inspect");
	const open = await engineDatabase(identity.pid);
	return open !== undefined && (await samePath(open, layout.databasePath));
}
