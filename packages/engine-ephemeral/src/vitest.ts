// Imported by its name, so that both entries of this package use one copy of it.
import {
	type EphemeralEngine,
	type EphemeralEngineOptions,
	startEphemeralEngine,
} from "@rivetkit/engine-ephemeral";
import type { ProvidedContext } from "vitest";

declare module "vitest" {
	interface ProvidedContext {
		/** The engine of this run, if `@rivetkit/engine-ephemeral/vitest` is a global set-up. */
		rivetEngine: ProvidedEngine;
	}
}

/** The value of `inject("rivetEngine")` in tests. */
export interface ProvidedEngine {
	/** The URL to connect to. */
	readonly endpoint: string;
	/** The version that the engine reports; undefined if it reports none. */
	readonly version: string | undefined;
	/** The folder of the engine's database and logs. */
	readonly storagePath: string;
}

/** The part of a vitest project that this set-up uses. */
export interface ProvidingProject {
	/** Makes a value available to `inject`. */
	provide(key: "rivetEngine", value: ProvidedContext["rivetEngine"]): void;
	/** Calls `listener` before every further run in watch mode. */
	onTestsRerun?(listener: () => Promise<void>): void;
}

/** A global set-up of vitest, which calls exports of these names before and after a run. */
export interface EngineSetup {
	readonly setup: (project: ProvidingProject) => Promise<void>;
	readonly teardown: () => Promise<void>;
}

/**
 * Makes a global set-up that starts one throw-away engine for all projects that use it, and provides it as
 * `rivetEngine`. In watch mode the engine stays from one run to the next. If it has ended, the next run gets
 * another engine. The engine belongs to vitest's main process, even if tests run in worker threads.
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
			// A failed start was reported by the set-up already.
			const engine = await current?.engine.catch(() => undefined);
			current = undefined;
			await engine?.[Symbol.asyncDispose]();
		},
	};
}

interface StartedEngine {
	readonly engine: Promise<EphemeralEngine>;
	/** Returns true also for an engine that did not start. */
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

/** Starts the engine of a run with default options. */
export const setup: EngineSetup["setup"] = readyMade.setup;

/** Ends the engine that `setup` has started. */
export const teardown: EngineSetup["teardown"] = readyMade.teardown;
