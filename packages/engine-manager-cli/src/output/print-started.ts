import path from "node:path";
import type { Engine, EngineOptions } from "@rivetkit/engine-manager";
import { type CallOptions, engineLogs } from "@rivetkit/engine-manager";
import { engineOptions, type Flags } from "../flags/flags.ts";
import { type CommandLineIo, printJson, printTable } from "../io.ts";
import { dashboardUrl } from "./dashboard-url.ts";
import { stopCommand } from "./stop-command.ts";

/**
 * Prints the address and the logs of an engine that was started or reused, and the command that stops it.
 *
 * @param also - Additional fields for the JSON document.
 */
export async function printStarted(
	engine: Engine,
	flags: Flags,
	io: CommandLineIo,
	also: Readonly<Record<string, unknown>> = {},
): Promise<void> {
	const logs = await logsOf(engine, engineOptions(flags, io));
	if (flags.json !== true) {
		printEngine(engine, logs, io, describeStop(engine, flags, io));
		return;
	}
	const { kind, timings } = engine.startup;
	printJson(io.stdout, {
		kind,
		endpoint: engine.endpoint,
		dashboard: dashboardUrl(engine.endpoint),
		version: engine.health?.version,
		pid: pidOf(engine),
		binary: engine.startup.kind === "spawned" ? engine.startup.binary : undefined,
		mismatch: engine.startup.kind === "reused" ? engine.startup.mismatch : [],
		logs,
		timings,
		...also,
	});
}

function printEngine(
	engine: Engine,
	logs: Awaited<ReturnType<typeof engineLogs>>,
	io: CommandLineIo,
	howToStop: string,
): void {
	const { kind } = engine.startup;
	const version = engine.health?.version ?? "";
	const pid = pidOf(engine);
	const summary = {
		spawned: `Rivet engine ${version} was spawned and is healthy.`,
		reused: `Rivet engine ${version} was running already and is reused.`,
		remote: "The engine is remote and not managed here.",
	}[kind];
	io.stdout.write(`${summary}\n\n`);
	printTable(io.stdout, [
		["endpoint", engine.endpoint],
		["dashboard", dashboardUrl(engine.endpoint)],
		...(pid === undefined ? [] : ([["pid", String(pid)]] as const)),
		...(logs === undefined ? [] : ([["logs", [logs.stdout, logs.stderr]]] as const)),
		...(kind === "remote" ? [] : ([["stop it", howToStop]] as const)),
	]);
}

function pidOf(engine: Engine): number | undefined {
	const { startup } = engine;
	switch (startup.kind) {
		case "spawned":
			return startup.pid;
		case "reused":
			return startup.record?.identity.pid;
		case "remote":
			return undefined;
	}
}

async function logsOf(
	engine: Engine,
	options: EngineOptions & CallOptions,
): Promise<Awaited<ReturnType<typeof engineLogs>>> {
	const { startup } = engine;
	switch (startup.kind) {
		case "spawned":
			return startup.logs;
		case "reused": {
			if (startup.record !== undefined) return startup.record.logs;
			// An engine with another storage also has its logs elsewhere.
			return startup.mismatch.some(({ field }) => field === "storage")
				? undefined
				: await engineLogs(options);
		}
		case "remote":
			return undefined;
	}
}

/** Formats the command that stops exactly this engine, from any folder. */
function describeStop(engine: Engine, flags: Flags, io: CommandLineIo): string {
	const { startup } = engine;
	// An engine with a record on this storage can be stopped from here, even if its data is elsewhere.
	const isElsewhere = startup.kind === "reused" && startup.record === undefined;
	const storage = isElsewhere && startup.mismatch.find(({ field }) => field === "storage");
	if (storage) return `where it was started; its database is '${storage.actual}'`;
	const { storageRoot, instance, bindPort } = flags;
	const isFolder = instance !== undefined && /[/\\]/.test(instance);
	return stopCommand(
		[
			["--storage-root", storageRoot && path.resolve(storageRoot)],
			["--instance", isFolder ? path.resolve(instance) : instance],
			["--endpoint", flags.endpoint && engine.endpoint],
			["--bind-port", bindPort?.toString()],
		],
		io.stopCommand,
	);
}
