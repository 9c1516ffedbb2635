import { randomBytes } from "node:crypto";
import { setMaxListeners } from "node:events";
import http from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { growingList } from "./growing-list.ts";
import { below, requestJson } from "./request-json.ts";
import { type AcknowledgedWrite, summarizeWrites, type WritersSummary } from "./summarize-writes.ts";

/** Settings of a load: the writers, and the engines to which the writers write. */
export interface WritersOptions {
	/** The engines. A function is called before every write. After a failure, a writer changes to the next engine. */
	readonly endpoints: readonly string[] | (() => readonly string[]);
	/** The number of writers. Each writes one name after another. @defaultValue 4 */
	readonly writers?: number;
	/** The engines' admin token. */
	readonly token?: string;
	/** The limit of one write to an endpoint, in milliseconds. @defaultValue 5000 for each endpoint */
	readonly timeoutMs?: number | ((endpoint: string) => number);
	/** The pause after a failure, in milliseconds. @defaultValue 50 */
	readonly pauseMs?: number;
	/** Ends the load at once, with the requests under way. */
	readonly signal?: AbortSignal;
}

/** Running writers. Disposing stops the writers. */
export interface Writers extends AsyncDisposable {
	/** The writes acknowledged so far, in the order of their acknowledgements. */
	readonly acknowledged: readonly AcknowledgedWrite[];
	/** Resolves when there are `count` acknowledgements; rejects if the load is stopped before. */
	untilAcknowledged(count: number): Promise<void>;
	/**
	 * Waits for the first acknowledgement of a write that began after a moment of `performance.now()`. Returns the
	 * milliseconds from that moment to the acknowledgement; rejects if the load is stopped before.
	 */
	pauseSince(moment: number): Promise<number>;
	/** Begins no new write, waits for the running writes, and returns a summary. */
	stop(): Promise<WritersSummary>;
}

/** Starts writers that create namespaces, as fast as the engines answer, until the writers are stopped. */
export function startWriters(options: WritersOptions): Writers {
	const { endpoints, writers = 4, token, timeoutMs, pauseMs = 50 } = options;
	const stopping = new AbortController();
	const cut = AbortSignal.any(options.signal === undefined ? [] : [options.signal]);
	const over = AbortSignal.any([stopping.signal, cut]);
	// Every writer listens to both signals. Node would warn about so many listeners.
	setMaxListeners(0, cut, over);
	const agent = new http.Agent({ keepAlive: true });
	const run = randomBytes(4).toString("hex");
	const { items: acknowledged, ...acknowledgements } = growingList<AcknowledgedWrite>();
	const startedAt = performance.now();
	let attempts = 0;
	let lastFailure: string | undefined;

	const write = async (name: string, turn: number): Promise<void> => {
		const current = typeof endpoints === "function" ? endpoints() : endpoints;
		const endpoint = current[turn % current.length];
		if (endpoint === undefined) throw new Error("There is no endpoint.");
		const body = { name, display_name: name };
		const limit = typeof timeoutMs === "function" ? timeoutMs(endpoint) : timeoutMs;
		const request = { method: "POST", body, token, timeoutMs: limit, agent, signal: cut };
		const answer = await requestJson(below(endpoint, "namespaces"), request);
		if (answer.status !== 200 || nameIn(answer.body) !== name)
			throw new Error(`${endpoint} answered ${answer.status} ${JSON.stringify(answer.body)}`);
	};

	const runWriter = async (writer: number): Promise<void> => {
		for (let turn = writer, count = 0; !over.aborted; count++) {
			const name = `load-${run}-${writer}-${count}`;
			const writeStartedAt = performance.now();
			attempts++;
			try {
				await write(name, turn);
				acknowledgements.add({ name, startedAt: writeStartedAt, acknowledgedAt: performance.now() });
			} catch (error) {
				lastFailure = error instanceof Error ? error.message : String(error);
				turn++;
				await delay(pauseMs, undefined, { signal: over }).catch(() => {});
			}
		}
	};
	const done = Promise.all(Array.from({ length: writers }, (_, writer) => runWriter(writer))).then(() => {
		agent.destroy();
		acknowledgements.close(new Error(`The load ended before. Its last failure: ${lastFailure ?? "none"}`));
		return performance.now();
	});

	const stop = async (): Promise<WritersSummary> => {
		stopping.abort();
		const endedAt = await done;
		return summarizeWrites({ startedAt, endedAt, writes: acknowledged, attempts, lastFailure });
	};
	return {
		acknowledged,
		async untilAcknowledged(count) {
			if (count > 0) await acknowledgements.find((_, index) => index === count - 1);
		},
		pauseSince: async (moment) =>
			(await acknowledgements.find((one) => one.startedAt >= moment)).acknowledgedAt - moment,
		stop,
		async [Symbol.asyncDispose]() {
			await stop();
		},
	};
}

function nameIn(body: unknown): unknown {
	const { namespace }: { readonly namespace?: unknown } = Object(body);
	const { name }: { readonly name?: unknown } = Object(namespace);
	return name;
}
