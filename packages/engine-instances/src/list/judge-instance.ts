import { type InstanceLayout, redactSecrets } from "@rivetkit/engine-core";
import type { ProcessJudgement } from "@rivetkit/engine-core/process";
import { describeProbe, type ProbeResult, probeVerdict } from "@rivetkit/engine-health";
import type { PortHolder, PortOwnership } from "@rivetkit/engine-inspect";
import type { EngineRecord } from "../records/record.ts";
import type { EngineInstance, InstanceBasics, LivingEngine } from "./instance.ts";

/** The facts about an instance. A field is undefined if nothing was found, or was not looked for. */
export interface InstanceFacts {
	readonly layout: InstanceLayout;
	/** The content of `owner.json`. */
	readonly record: EngineRecord | undefined;
	/** Why `owner.json` cannot be read. */
	readonly recordFlaw: string | undefined;
	/** The database in `owner.json`, if the record was copied from another instance whose engine is alive. */
	readonly copiedFrom: string | undefined;
	/** The judgement of the recorded process. */
	readonly judgement: ProcessJudgement | undefined;
	/** Why the recorded pid no longer means the recorded process. */
	readonly afterwards: "pid-reused" | "other-boot" | undefined;
	/** The endpoint that was asked, and what answered. */
	readonly endpoint: string | undefined;
	readonly answer: ProbeResult | undefined;
	/** The owner of the guard port's socket, from the view of the recorded process, which is alive. */
	readonly ownership: PortOwnership | undefined;
	/** The process that listens at the endpoint, if the recorded process is not alive, and the database that it has open. */
	readonly holder: (PortHolder & { readonly database: string | undefined }) | undefined;
	/** The process that has the instance's database open, if the recorded process is not alive. */
	readonly databaseHolder: PortHolder | undefined;
	/** In milliseconds since 1970. */
	readonly now: number;
}

/** Finds the state of an instance. Pure. */
export function judgeInstance(facts: InstanceFacts): EngineInstance {
	const { record, judgement } = facts;
	if (record !== undefined && judgement === "alive") return judgeLiving(facts, record);
	const { answer, databaseHolder, holder, layout } = facts;
	const basics = basicsOf(facts);
	if (databaseHolder !== undefined) {
		const { name, pid } = databaseHolder;
		const reason = `'${name}' has its database open, and was started by another program, such as rivetkit`;
		return { ...basics, kind: "foreign", version: versionIn(answer), pid, reason };
	}
	if (record !== undefined && judgement === "unknown") {
		const { pid } = record.identity;
		const reason = "it was started where this process cannot look, such as in another container";
		return { ...basics, kind: "unknown", pid, startedAt: record.startedAt, reason };
	}
	const isElsewhere = holder?.database !== undefined && holder.database !== layout.databasePath;
	if (answer !== undefined && !isNobody(answer) && !isElsewhere) {
		const what =
			answer.kind === "engine"
				? "an engine answers that was started by another program, such as rivetkit"
				: describeProbe(answer);
		const who = holder === undefined ? "" : `, from '${holder.name}'`;
		const reason = `at its endpoint ${what}${who}`;
		return { ...basics, kind: "foreign", version: versionIn(answer), pid: holder?.pid, reason };
	}
	return judgeDead(facts, isElsewhere ? holder.database : undefined);
}

function judgeLiving(facts: InstanceFacts, record: EngineRecord): EngineInstance {
	const { answer, ownership, now } = facts;
	const basics = basicsOf(facts);
	const living: LivingEngine = {
		pid: record.identity.pid,
		startedAt: record.startedAt,
		uptimeMs: Math.max(0, now - Date.parse(record.startedAt)),
	};
	const isItsOwn = ownership !== "other";
	if (answer?.kind === "engine" && isItsOwn) {
		return { ...basics, ...living, kind: "running", version: answer.health.version };
	}
	if (record.version === null && isItsOwn) return { ...basics, ...living, kind: "starting" };
	const reason = isItsOwn
		? `it lives and does not answer: ${answer === undefined ? "it was not asked" : describeProbe(answer)}`
		: "it lives, but another process has its port";
	return { ...basics, ...living, kind: "unresponsive", reason };
}

function judgeDead(facts: InstanceFacts, otherDatabase: string | undefined): EngineInstance {
	const { record, afterwards } = facts;
	const basics = basicsOf(facts);
	if (record !== undefined && afterwards !== undefined) {
		const { pid } = record.identity;
		const reason = {
			"pid-reused": "its process has ended, and the recorded pid is another process's now",
			"other-boot": "it was started before the machine was",
		}[afterwards];
		return { ...basics, kind: "stale", pid, startedAt: record.startedAt, reason };
	}
	const detail = detailOf(facts, otherDatabase);
	return { ...basics, kind: "stopped", startedAt: record?.startedAt, detail };
}

function detailOf(
	{ recordFlaw, copiedFrom }: InstanceFacts,
	otherDatabase: string | undefined,
): string | undefined {
	if (recordFlaw !== undefined) return `its record cannot be read: ${recordFlaw}`;
	if (copiedFrom !== undefined) return `its record was copied from '${copiedFrom}'`;
	return otherDatabase && `its port is used by the engine of '${otherDatabase}' now`;
}

function basicsOf({ layout, record, endpoint }: InstanceFacts): InstanceBasics {
	return {
		name: layout.name,
		folder: layout.folder,
		endpoint: endpoint ?? (record && redactSecrets(record.endpoint)),
		version: record?.version ?? undefined,
		logs: record?.logs,
	};
}

/** True if no server is at an endpoint: the connection was refused, or the address cannot be reached. */
function isNobody(answer: ProbeResult): boolean {
	switch (probeVerdict(answer).kind) {
		case "free":
			return true;
		case "undecided":
			return answer.kind === "unreachable";
		case "engine":
		case "occupied":
			return false;
	}
}

function versionIn(answer: ProbeResult | undefined): string | undefined {
	return answer?.kind === "engine" ? answer.health.version : undefined;
}
