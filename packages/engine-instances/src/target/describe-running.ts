import { postgresName } from "@rivetkit/engine-config";
import type { InstanceLayout } from "@rivetkit/engine-core";
import { samePath } from "@rivetkit/engine-inspect";
import { judgeRecord } from "../records/living-record.ts";
import type { EngineRecord, readRecords } from "../records/record.ts";
import { recordOfProcess } from "../records/record-of-process.ts";

/** What is known of the running engine; undefined where nothing is. */
export interface ActualEngine {
	readonly version: string | undefined;
	readonly bindHost: string | undefined;
	readonly publicUrl: string | undefined;
	readonly storage: string | undefined;
	readonly messaging: string | undefined;
	readonly adminToken: string | undefined;
}

/** What can be told about the engine at the endpoint without asking it. */
export interface RunningEngine {
	/** The record of its start, if it is the engine that we started on this storage and port. */
	readonly owner: EngineRecord | undefined;
	readonly actual: Omit<ActualEngine, "version">;
}

/** What `readRecords` found. */
export type Stamps = Awaited<ReturnType<typeof readRecords>>;

/**
 * Describes the engine whose guard binds a port. The stamps are enough where they hold; the system is
 * asked only where an engine runs that no stamp accounts for.
 */
export async function describeRunning(
	stamps: Stamps,
	layout: InstanceLayout,
	port: number,
): Promise<RunningEngine> {
	const { owner, runtime } = stamps;
	const living = await judgeRecord(owner, layout);
	if (living?.ports.guard === port) {
		const { bindHost, publicUrl } = living;
		return {
			owner: living,
			actual: { bindHost, publicUrl: publicUrl ?? undefined, ...settingsOf(living, layout.databasePath) },
		};
	}
	const { engineDatabase, listeningAddresses, portHolder, portOwnership } = await import(
		"@rivetkit/engine-inspect"
	);
	const recorded = runtime.kind === "present" ? runtime.stamp : undefined;
	const [bound] = await listeningAddresses(port);
	const address = bound === undefined ? [] : [{ host: bound, port }];
	const isRecorded = recorded !== undefined && (await portOwnership(recorded.pid, address))[0] === "own";
	const stamped = isRecorded ? recorded : undefined;
	const pid = stamped?.pid ?? (await portHolder(port))?.pid;
	const elsewhere = pid === undefined ? undefined : await recordOfProcess(pid);
	const database = pid === undefined ? undefined : await engineDatabase(pid);
	const ours = database && (await samePath(database, layout.databasePath)) ? layout.databasePath : database;
	const settings =
		elsewhere === undefined
			? { storage: ours, messaging: undefined, adminToken: undefined }
			: settingsOf(elsewhere, elsewhere.databasePath);
	return {
		owner: undefined,
		actual: {
			bindHost: stamped?.bind_host ?? bound,
			publicUrl: stamped?.public_url ?? undefined,
			...settings,
		},
	};
}

/** What a record tells of where an engine's data is, how it reaches others, and whether it wants a token. */
function settingsOf(
	{ postgres, given }: EngineRecord,
	databasePath: string,
): Pick<ActualEngine, "storage" | "messaging" | "adminToken"> {
	const told = (name: string, yes: string, no: string): string | undefined =>
		given === undefined ? undefined : given.includes(name) ? yes : no;
	return {
		storage: postgres === undefined ? databasePath : postgresName(postgres),
		messaging: told("messaging", "nats", "memory"),
		adminToken: told("adminToken", "set", "none"),
	};
}
