// By its name, so that both entries of this package are one copy of it.
import {
	type EphemeralEngine,
	type EphemeralEngineOptions,
	startEphemeralEngine,
} from "@rivetkit/engine-ephemeral";
import type { ProvidedContext } from "vitest";

declare module "vitest" {
	interface ProvidedContext {
		/** The engine of this run, where `@rivetkit/engine-ephemeral/vitest` is a global set-up. */
		rivetEngine: ProvidedEngine;
	}
}

/** What `inject("rivetEngine")` gives to tests. */
export interface ProvidedEngine {
	/** The URL to connect to. */
	readonly endpoint: string;
	/** As the engine says; undefined if it does not. */
	readonly version: string | undefined;
	/** The folder of its database and logs. */
	readonly storagePath: string;
}

/** What vitest calls a project, as far as this needs one. */
export interface ProvidingProject {
	provide(key: "rivetEngine", value: ProvidedContext["rivetEngine"]): void;
	/** Tells of every further run in watch mode, before it begins. */
	onTestsRerun?(told: () => Promise<void>): void;
}

/** A global set-up of vitest: its exports by these names are called before and after a run. */
export interface EngineSetup {
	readonly setup: (project: ProvidingProject) => Promise<void>;
	readonly teardown: () => Promise<void>;
}

/**
 * Makes a global set-up that starts one throw-away engine for all projects that use it, and provides it as
 * `rivetEngine`. In watch mode the engine lives on from one run to the next; a run whose engine has ended gets another.
 * It belongs to the process that runs set-ups, also where tests run in worker threads.
 */
export function createEngineSetup(options: EphemeralEngineOptions = {}): EngineSetup {
	let projects = 0;
	let current: StartedEngine | undefined;
	const provideTo = async (project: ProvidingProject): Promise<void> => {
		if (current === undefined || current.hasEnded()) current = start(options, current);
		const { endpoint, health, storagePath } = await current.engine;
		project.provide("rivetEngine", { endpoint, version: health.version, storagePath });
	};
	return {
		setup: async (project) => {
			projects++;
			project.onTestsRerun?.(() => provideTo(project));
			await provideTo(project);
		},
		teardown: async () => {
			projects--;
			if (projects > 0) return;
			// One that failed to start has told so to the set-up.
			const engine = await current?.engine.catch(() => undefined);
			current = undefined;
			await engine?.[Symbol.asyncDispose]();
		},
	};
}

interface StartedEngine {
	readonly engine: Promise<EphemeralEngine>;
	/** Also of one that did not start. */
	hasEnded(): boolean;
}

function start(options: EphemeralEngineOptions, previous: StartedEngine | undefined): StartedEngine {
	let hasEnded = false;
	const end = (): void => {
		hasEnded = true;
	};
	const engine = restart(options, previous);
	void engine.then(({ exited }) => exited).then(end, end);
	return { engine, hasEnded: () => hasEnded };
}

async function restart(
	options: EphemeralEngineOptions,
	previous: StartedEngine | undefined,
): Promise<EphemeralEngine> {
	const ended = await previous?.engine.catch(() => undefined);
	await ended?.[Symbol.asyncDispose]();
	return await startEphemeralEngine(options);
}

const readyMade = createEngineSetup();

/** Starts the engine of a run, with the default options. */
export const setup: EngineSetup["setup"] = readyMade.setup;

/** Ends it. */
export const teardown: EngineSetup["teardown"] = readyMade.teardown;
