import type { ExitStatus } from "@rivetkit/engine-core";
import { type RecordingLogger, recordingLogger } from "@rivetkit/engine-testkit";
import { vi } from "vitest";
import type { EngineOptions } from "../../engine-config/src/engine-options.ts";
import type { CallOptions } from "../src/context.ts";
import type { Engine } from "../src/engine.ts";
import type { EngineEvent } from "../src/events.ts";
import { startOrReuse } from "../src/start-or-reuse.ts";
import type { SupervisionClock } from "../src/watch/supervision-clock.ts";
import type { Sandbox } from "./sandbox.ts";

/** A clock on which a wait takes no time, or lasts as long as the test holds it. */
export interface ManualClock extends SupervisionClock {
	/** The requested length of each wait, in milliseconds. */
	readonly waits: readonly number[];
	/** Lets no wait end until `release` is called. */
	hold(): { release(): void };
}

/** Makes a clock that starts now and moves by waits alone. */
export function manualClock(): ManualClock {
	const waits: number[] = [];
	let time = Date.now();
	let held = Promise.resolve();
	return {
		waits,
		now: () => time,
		random: () => 0.5,
		pause: async (ms) => {
			waits.push(ms);
			await held;
			time += ms;
		},
		hold: () => {
			let release = (): void => {};
			held = new Promise<void>((resolve) => {
				release = resolve;
			});
			return { release };
		},
	};
}

/** A handle of an engine, with its events. */
export interface Supervised extends AsyncDisposable {
	readonly engine: Engine;
	readonly clock: ManualClock;
	readonly logger: RecordingLogger;
	/** Lists the events about crashes and restarts, in order. */
	lifecycle(): readonly EngineEvent[];
	/** Waits for the first event of a kind, or for the first one after `after` others of the kind. */
	event<Kind extends EngineEvent["kind"]>(
		kind: Kind,
		after?: number,
	): Promise<Extract<EngineEvent, { readonly kind: Kind }>>;
	/** Returns how the engine ended, or undefined if it has not ended yet. */
	exit(): Promise<ExitStatus | undefined>;
}

/** Starts or reuses an engine and restarts it after a crash, on a manual clock. */
export async function supervised(
	box: Sandbox,
	options: EngineOptions & Partial<CallOptions> = {},
	clock: ManualClock = manualClock(),
): Promise<Supervised> {
	const events: EngineEvent[] = [];
	const logger = recordingLogger();
	const engine = await startOrReuse(
		{
			environment: box.environment,
			...box.options,
			onCrash: "restart",
			logger,
			onEvent: (event) => void events.push(event),
			...options,
		},
		clock,
	);
	const of = <Kind extends EngineEvent["kind"]>(kind: Kind) =>
		events.filter((event): event is Extract<EngineEvent, { readonly kind: Kind }> => event.kind === kind);
	return {
		engine,
		clock,
		logger,
		lifecycle: () => events.filter(({ kind }) => LIFECYCLE.includes(kind)),
		event: async (kind, after = 0) => {
			await vi.waitUntil(() => of(kind).length > after, { timeout: 20_000, interval: 5 });
			const found = of(kind)[after];
			if (found === undefined) throw new Error(`There is no ${kind}.`);
			return found;
		},
		exit: async () =>
			await Promise.race([
				engine.exited,
				new Promise<undefined>((resolve) => setImmediate(resolve, undefined)),
			]),
		[Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
	};
}

const LIFECYCLE: readonly string[] = ["crashed", "restarting", "restarted", "gave-up"];
