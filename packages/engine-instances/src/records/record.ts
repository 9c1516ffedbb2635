import type { InstanceLayout } from "@rivetkit/engine-core";
import { parseEndpoint, readJson } from "@rivetkit/engine-core";
import type { ProcessIdentity } from "@rivetkit/engine-core/process";
import { isProcessIdentity } from "@rivetkit/engine-core/process";

/** `runtime.json`, in the format that rivetkit writes and reads. Advice, never proof. */
export interface RivetkitRecord {
	readonly pid: number;
	readonly endpoint: string;
	readonly bind_host: string;
	readonly public_url: string | null;
}

/** `owner.json`: what we know of the engine that we started. Advice until its identity is judged. */
export interface EngineRecord {
	readonly format: 1;
	/** New with every start. */
	readonly instanceId: string;
	readonly identity: ProcessIdentity;
	readonly endpoint: string;
	readonly bindHost: string;
	readonly ports: { readonly guard: number; readonly apiPeer: number; readonly metrics: number };
	readonly publicUrl: string | null;
	readonly binary: { readonly path: string; readonly source: string };
	/** As `/health` says; null until the engine was healthy. */
	readonly version: string | null;
	readonly databasePath: string;
	/** The newest version that became healthy on this database. */
	readonly lastDatabaseVersion: string | null;
	/** The same of other databases that engines of this instance have used, by `postgres`; empty for that in its folder. */
	readonly otherDatabases?: Readonly<Record<string, string>> | undefined;
	readonly logs: { readonly stdout: string; readonly stderr: string };
	/** ISO 8601. */
	readonly startedAt: string;
	/** Set before somebody ends it on purpose: its end is then no crash. */
	readonly ending?: "stop" | "restart" | undefined;
	/** Where its data is, if not at `databasePath`: PostgreSQL, told by `host:port/database`. */
	readonly postgres?: string | undefined;
	/** Set if it belongs to the process that started it: a foreground engine ends with that one, which cannot be told otherwise. */
	readonly foreground?: true | undefined;
	/** The names of the settings that only options could give it. */
	readonly given?: readonly string[] | undefined;
	/** When engines of this instance were started again after a crash, of late. ISO 8601, oldest first. */
	readonly crashRestarts?: readonly string[] | undefined;
}

/** The file of one record, read. */
export type ReadRecord<Content> =
	| { readonly kind: "present"; readonly record: Content }
	| { readonly kind: "absent" }
	| { readonly kind: "corrupt"; readonly path: string; readonly reason: string };

/** Both records of an instance. */
export interface ReadRecords {
	/** Rivetkit's: `runtime.json`. */
	readonly rivetkit: ReadRecord<RivetkitRecord>;
	/** Ours: `owner.json`. */
	readonly recorded: ReadRecord<EngineRecord>;
}

/** Reads both records of an instance. A missing, unreadable or garbled file is a value, not an error. */
export async function readRecords(layout: InstanceLayout): Promise<ReadRecords> {
	const [rivetkit, recorded] = await Promise.all([
		readRecordFile(layout.rivetkitRecordPath, parseRivetkitRecord),
		readRecordFile(layout.recordPath, parseEngineRecord),
	]);
	return { rivetkit, recorded };
}

async function readRecordFile<Content>(
	path: string,
	parse: (value: unknown) => Content | undefined,
): Promise<ReadRecord<Content>> {
	const read = await readJson(path, parse);
	return read.kind === "present" ? { kind: "present", record: read.value } : read;
}

function parseRivetkitRecord(value: unknown): RivetkitRecord | undefined {
	if (!isRecord(value)) return undefined;
	const { pid, endpoint, bind_host, public_url = null } = value;
	if (!isPid(pid) || !isEndpoint(endpoint) || typeof bind_host !== "string") return undefined;
	return isTextOrNull(public_url) ? { pid, endpoint, bind_host, public_url } : undefined;
}

/** What was added later is left out where it is of no use, so that a record never becomes worthless by it. */
function parseEngineRecord(value: unknown): EngineRecord | undefined {
	if (!isEngineRecord(value)) return undefined;
	const { ending, given, crashRestarts, postgres, foreground, otherDatabases, ...record } = value;
	return {
		...record,
		...(ending === "stop" || ending === "restart" ? { ending } : {}),
		...(isText(postgres) ? { postgres } : {}),
		...(isRecord(otherDatabases) && Object.values(otherDatabases).every(isText) ? { otherDatabases } : {}),
		...(foreground === true ? { foreground } : {}),
		...(isListOf(given, isText) ? { given } : {}),
		...(isListOf(crashRestarts, isTime) ? { crashRestarts } : {}),
	};
}

function isEngineRecord(value: unknown): value is EngineRecord {
	if (!isRecord(value) || value["format"] !== 1) return false;
	const { identity, logs, ports, binary } = value;
	return (
		hasEach(value, ["instanceId", "bindHost", "databasePath"], isText) &&
		isEndpoint(value["endpoint"]) &&
		isTime(value["startedAt"]) &&
		hasEach(value, ["publicUrl", "version", "lastDatabaseVersion"], isTextOrNull) &&
		isProcessIdentity(identity) &&
		hasEach(ports, ["guard", "apiPeer", "metrics"], Number.isInteger) &&
		hasEach(binary, ["path", "source"], isText) &&
		hasEach(logs, ["stdout", "stderr"], isText)
	);
}

function hasEach(record: unknown, keys: readonly string[], fits: (value: unknown) => boolean): boolean {
	return isRecord(record) && keys.every((key) => fits(record[key]));
}

function isText(value: unknown): value is string {
	return typeof value === "string";
}

function isListOf<Item>(value: unknown, isItem: (item: unknown) => item is Item): value is readonly Item[] {
	return Array.isArray(value) && value.every(isItem);
}

/** Readers take it apart without a second thought. */
function isEndpoint(value: unknown): value is string {
	if (!isText(value)) return false;
	try {
		parseEndpoint(value);
		return true;
	} catch {
		return false;
	}
}

function isTime(value: unknown): value is string {
	return isText(value) && !Number.isNaN(Date.parse(value));
}

function isTextOrNull(value: unknown): value is string | null {
	return value === null || isText(value);
}

function isPid(value: unknown): value is number {
	return Number.isInteger(value) && (value as number) > 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return value !== null && typeof value === "object" && !Array.isArray(value);
}
