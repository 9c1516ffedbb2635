import {
	type EngineEndpoint,
	type InstanceLayout,
	isEngineError,
	parseEndpoint,
	withBrackets,
} from "@rivetkit/engine-core";
import { identifyProcess, judgeProcess, type ProcessIdentity } from "@rivetkit/engine-core/process";
import { probeEngine } from "@rivetkit/engine-health";
import { type EngineRecord, readRecords } from "../records/record.ts";
import { recordBelongs } from "../records/record-belongs.ts";
import type { EngineInstance } from "./instance.ts";
import { type InstanceFacts, judgeInstance } from "./judge-instance.ts";

/**
 * Finds the state of an instance: reads its records, judges the recorded process, and sends one probe to the endpoint.
 *
 * @throws The signal's reason if aborted.
 */
export async function inspectInstance(
	layout: InstanceLayout,
	signal: AbortSignal | undefined,
): Promise<EngineInstance> {
	const { recorded, rivetkit } = await readRecords(layout);
	const found = recorded.kind === "present" ? recorded.record : undefined;
	const recordedJudgement = found && (await judgeProcess(found.identity));
	const isCopied =
		found !== undefined && recordedJudgement === "alive" && !(await recordBelongs(found, layout));
	const record = isCopied ? undefined : found;
	const judgement = isCopied ? undefined : recordedJudgement;
	const basics = {
		layout,
		record,
		recordFlaw: recorded.kind === "corrupt" ? recorded.reason : undefined,
		copiedFrom: isCopied ? found.databasePath : undefined,
		judgement,
		afterwards: judgement === "dead" ? await afterDeath(record?.identity) : undefined,
		now: Date.now(),
	};
	if (record !== undefined && judgement === "alive") {
		return judgeInstance({ ...basics, ...(await askLiving(record, signal)) });
	}
	// Copied records contain the endpoint of another instance.
	const endpointOfRivetkit = rivetkit.kind === "present" && !isCopied ? rivetkit.record.endpoint : undefined;
	return judgeInstance({
		...basics,
		...(await lookForStranger(layout, endpointIn(record?.endpoint ?? endpointOfRivetkit), signal)),
	});
}

type Sightings = Pick<InstanceFacts, "answer" | "databaseHolder" | "endpoint" | "holder" | "ownership">;

const UNSEEN = {
	answer: undefined,
	databaseHolder: undefined,
	endpoint: undefined,
	holder: undefined,
	ownership: undefined,
} as const;

async function askLiving(record: EngineRecord, signal: AbortSignal | undefined): Promise<Sightings> {
	const endpoint = endpointIn(record.endpoint);
	if (endpoint === undefined) return UNSEEN;
	const { portOwnership } = await import("@rivetkit/engine-inspect");
	const guard = { host: record.bindHost, port: record.ports.guard };
	const [answer, [ownership]] = await Promise.all([
		probeEngine(endpoint, { bindTest: false, portIsGuard: record.version !== null, signal }),
		portOwnership(record.identity.pid, [guard]),
	]);
	return { ...UNSEEN, endpoint: endpoint.url, answer, ownership };
}

/** If the recorded engine is not alive, looks for another process on its database, else on its port. */
async function lookForStranger(
	layout: InstanceLayout,
	recorded: EngineEndpoint | undefined,
	signal: AbortSignal | undefined,
): Promise<Sightings> {
	const { engineDatabase, lockHolder, portHolder, samePath } = await import("@rivetkit/engine-inspect");
	const databaseHolder = await lockHolder(layout.databasePath);
	const endpoint = databaseHolder === undefined ? recorded : await endpointOf(databaseHolder.pid, recorded);
	if (endpoint === undefined) return { ...UNSEEN, databaseHolder };
	const answer = await probeEngine(endpoint, { bindTest: false, signal });
	const holder =
		answer.kind === "free" || databaseHolder !== undefined
			? undefined
			: await portHolder(endpoint.port, endpoint.probeHosts[0]);
	const database = holder && (await engineDatabase(holder.pid));
	const isThisDatabase = database !== undefined && (await samePath(database, layout.databasePath));
	return {
		...UNSEEN,
		endpoint: endpoint.url,
		answer,
		databaseHolder,
		holder: holder && { ...holder, database: isThisDatabase ? layout.databasePath : database },
	};
}

/** Finds the endpoint of an engine without a record. The lowest port is the guard's: the others are 1 and 10 above it. */
async function endpointOf(
	pid: number,
	recorded: EngineEndpoint | undefined,
): Promise<EngineEndpoint | undefined> {
	const { listeningAddresses, listeningPorts } = await import("@rivetkit/engine-inspect");
	const ports = await listeningPorts(pid);
	if (recorded !== undefined && ports.includes(recorded.port)) return recorded;
	const port = ports.length === 0 ? undefined : Math.min(...ports);
	if (port === undefined) return undefined;
	const [host = "127.0.0.1"] = await listeningAddresses(port);
	return endpointIn(`http://${withBrackets(host)}:${port}`);
}

async function afterDeath(identity: ProcessIdentity | undefined): Promise<InstanceFacts["afterwards"]> {
	if (identity === undefined) return undefined;
	const self = await identifyProcess(process.pid);
	if (self?.bootId !== identity.bootId) return "other-boot";
	return (await identifyProcess(identity.pid)) === undefined ? undefined : "pid-reused";
}

/** Parses an endpoint; undefined for any other text, since a record file may contain anything. */
function endpointIn(text: string | undefined): EngineEndpoint | undefined {
	if (text === undefined) return undefined;
	try {
		return parseEndpoint(text);
	} catch (error) {
		if (isEngineError(error, "invalid_endpoint")) return undefined;
		throw error;
	}
}
