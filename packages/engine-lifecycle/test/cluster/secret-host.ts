import { type RunningScript, runScript } from "@rivetkit/engine-testkit";
import type { EngineOptions } from "../../../engine-config/src/engine-options.ts";
import { hostVariables } from "../race-hosts.ts";
import { builtPackage, type Sandbox } from "../sandbox.ts";

/** The options and variables of a host. */
export interface SecretHostOptions {
	readonly options: EngineOptions;
	readonly variables: Readonly<Record<string, string>>;
	/** Another instance, whose NATS does not run. */
	readonly failing: {
		readonly options: EngineOptions;
		readonly variables: Readonly<Record<string, string>>;
	};
}

/** A program that calls every function for an engine, and prints all results. It has a process of its own for its variables. */
const HOST = `
	import { readFileSync } from "node:fs";
	import { setTimeout as sleep } from "node:timers/promises";
	import { inspect } from "node:util";
	const [manager, doctor, options, failing] = JSON.parse(process.argv[1]);
	const {
		connectionEnvironment, engineLogs, engineStatus, listInstances, restartEngine, startOrReuse, stopEngine, waitUntilReady,
	} = await import(manager);
	const { diagnoseEngine } = await import(doctor);
	const print = (title, value) => {
		const all = { depth: null, showHidden: true, maxStringLength: null, maxArrayLength: null, breakLength: Infinity };
		console.log(title, JSON.stringify(value), inspect(value, all));
	};
	const log = (level) => (fields, message) => print(level, [message, fields]);
	const logger = { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") };
	const events = [];
	const onEvent = (event) => {
		events.push(event);
		print("event", event);
	};
	const seeProcess = (pid) => {
		for (const name of ["cmdline", "environ"]) print(name, readFileSync("/proc/" + pid + "/" + name, "utf8"));
	};
	const lookAround = async () => {
		print("status", await engineStatus(options));
		print("status of whoever has no token", await engineStatus({ ...options, adminToken: undefined }));
		print("diagnosis", await diagnoseEngine(options));
		print("logs", await engineLogs(options));
		print("instances", await listInstances({ storageRoot: options.storageRoot }));
		print("connection", await connectionEnvironment(options));
		print("ready", await waitUntilReady({ ...options, database: true }));
	};

	// A handle does not keep a program alive.
	const alive = setInterval(() => {}, 1000);
	const engine = await startOrReuse({ ...options, onCrash: "restart", logger, onEvent });
	print("started", engine);
	seeProcess(engine.startup.pid);
	await lookAround();

	const before = { ...process.env };
	Object.assign(process.env, failing.variables);
	const error = await startOrReuse({ ...failing.options, logger, onEvent }).then(() => undefined, (error) => error);
	print("failed: " + error?.code, error);
	print("diagnosis", await diagnoseEngine(failing.options));
	Object.assign(process.env, before);

	process.kill(engine.startup.pid, "SIGKILL");
	const restarts = () => events.filter(({ kind }) => kind === "restarted" || kind === "gave-up").length;
	while (restarts() < 1) await sleep(20);
	seeProcess(events.find(({ kind }) => kind === "restarted").pid);
	await lookAround();
	print("restarted", await restartEngine({ ...options, logger, onEvent }));
	// The handle goes on with the new engine.
	while (restarts() < 2) await sleep(20);
	print("stopped", await stopEngine({ ...options, logger, onEvent }));
	print("ended", await engine.exited);
	print("diagnosis", await diagnoseEngine(options));
	clearInterval(alive);
`;

/** Runs the host. */
export function runSecretHost(
	box: Sandbox,
	{ options, variables, failing }: SecretHostOptions,
): RunningScript {
	return runScript(HOST, {
		env: { ...hostVariables(box), ...variables },
		args: [JSON.stringify([builtPackage("engine-manager"), builtPackage("engine-doctor"), options, failing])],
	});
}
