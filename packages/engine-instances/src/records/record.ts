import { type InstanceLayout, isRecord, parseEndpoint, readJson } from "@rivetkit/engine-core";
import { isProcessIdentity, type ProcessIdentity } from "@rivetkit/engine-core/process";

/** `runtime.json`, in the format that rivetkit writes and reads. It may be wrong, so it proves nothing. */
export interface RivetkitRecord {
	readonly pid: number;
	readonly endpoint: string;
	readonly bind_host: string;
	readonly public_url: string | null;
}

/**
 * `owner.json`: what we know about the engine that we started. It may be outdated until its identity is judged. A new
 * property must be optional, with its check in {@link ADDED_LATER}.
 */
export interface EngineRecord {
	readonly format: 1;
	/** New for every start. */
	readonly instanceId: string;
	readonly identity: ProcessIdentity;
	readonly endpoint: string;
	readonly bindHost: string;
	readonly ports: { readonly guard: number; readonly apiPeer: number; readonly metrics: number };
	readonly publicUrl: string | null;
	readonly binary: { readonly path: string; readonly source: string };
	/** The version in the answer of `/health`; null until the engine was healthy. */
	readonly version: string | null;
	readonly databasePath: string;
	/** The newest version that became healthy on this database. */
	readonly lastDatabaseVersion: string | null;
	readonly logs: { readonly stdout: string; readonly stderr: string };
	/** ISO 8601. */
	readonly startedAt: string;
	/** The newest versions on other databases of this instance, by `postgres`; the empty name is the database in its folder. */
	readonly otherDatabases?: Readonly<Record<string, string>> | undefined;
	/** Set before the engine is ended on purpose, so that its end does not count as a crash. */
	readonly ending?: "stop" | "restart" | undefined;
	/** The location of the engine's data in PostgreSQL, `host:port/database`; undefined if the data is at `databasePath`. */
	readonly postgres?: string | undefined;
	/** Set if the engine ends with the process that started it. No other fact shows this. */
	readonly foreground?: true | undefined;
	/** The names of the given settings whose values are not in the record. */
	readonly given?: readonly string[] | undefined;
	/** The times of the instance's latest restarts after a crash, ISO 8601, oldest first. */
	readonly crashRestarts?: readonly string[] | undefined;
}

/** The result of reading one record file. */
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

type Check = (value: unknown) => boolean;

type OptionalName = {
	[Name in keyof EngineRecord]-?: undefined extends EngineRecord[Name] ? Name : never;
}[keyof EngineRecord];

/** The properties without which a record is unusable. */
const REQUIRED: { readonly [Name in Exclude<keyof EngineRecord, OptionalName>]: Check } = {
	format: (value) => value === 1,
	instanceId: isText,
	identity: isProcessIdentity,
	endpoint: isEndpoint,
	bindHost: isText,
	ports: (value) => hasEach(value, ["guard", "apiPeer", "metrics"], Number.isInteger),
	publicUrl: isTextOrNull,
	binary: (value) => hasEach(value, ["path", "source"], isText),
	version: isTextOrNull,
	databasePath: isText,
	lastDatabaseVersion: isTextOrNull,
	logs: (value) => hasEach(value, ["stdout", "stderr"], isText),
	startedAt: isTime,
};

/** The properties that were added later. An invalid one is ignored, and the record stays usable. */
const ADDED_LATER: { readonly [Name in OptionalName]: Check } = {
	otherDatabases: (value) => isRecord(value) && Object.values(value).every(isText),
	ending: (value) => value === "stop" || value === "restart",
	postgres: isText,
	foreground: (value) => value === true,
	given: (value) => isListOf(value, isText),
	crashRestarts: (value) => isListOf(value, isTime),
};

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

/** Keeps properties that only a newer version of this package knows, so that an update of the record does not lose them. */
function parseEngineRecord(value: unknown): EngineRecord | undefined {
	if (!isRecord(value)) return undefined;
	const isUsable = Object.entries(REQUIRED).every(([name, fits]) => fits(value[name]));
	if (!isUsable) return undefined;
	const unfit = Object.entries(ADDED_LATER).flatMap(([name, fits]) => (fits(value[name]) ? [] : [name]));
	const kept = Object.entries(value).filter(([name]) => !unfit.includes(name));
	return Object.fromEntries(kept) as unknown as EngineRecord;
}

function hasEach(record: unknown, keys: readonly string[], fits: Check): boolean {
	return isRecord(record) && keys.every((key) => fits(record[key]));
}

function isText(value: unknown): value is string {
	return typeof value === "string";
}

function isListOf(value: unknown, isItem: Check): boolean {
	return Array.isArray(value) && value.every(isItem);
}

/** Checked here, since readers parse the endpoint without another check. */
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
