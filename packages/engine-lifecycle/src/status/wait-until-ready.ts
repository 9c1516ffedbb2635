import type { EngineOptions } from "@rivetkit/engine-config";
import { callback, duration, flag } from "@rivetkit/engine-config";
import type { EngineHealth } from "@rivetkit/engine-core";
import { pause } from "@rivetkit/engine-core";
import {
	type DatabaseProbeResult,
	probeDatabase,
	probeEngine,
	probeVerdict,
	wantsToken,
} from "@rivetkit/engine-health";
import { describeAbsence, findTarget, type TargetEngine, targetIsKnown } from "@rivetkit/engine-instances";
import { type CallOptions, type OwnChecks, openComparison } from "../context.ts";

/** What to wait for, and how long. */
export interface WaitUntilReadyOptions extends EngineOptions {
	/** In milliseconds. @defaultValue 60000 */
	readonly timeoutMs?: number | undefined;
	/** Whether the engine must be able to read its database, too. @defaultValue false */
	readonly database?: boolean | undefined;
	/** Told why it is not ready, at first and whenever that changes. */
	readonly onWait?: ((waiting: WaitProgress) => void) | undefined;
}

/** Why an engine is waited for. */
export interface WaitProgress {
	readonly endpoint: string;
	readonly reason: string;
}

/** What came of a wait. */
export type WaitResult =
	| {
			readonly kind: "ready";
			readonly endpoint: string;
			readonly health: EngineHealth;
			/** Undefined if it was not asked for. */
			readonly database: DatabaseProbeResult | undefined;
			readonly waitedMs: number;
	  }
	/** When time was up, nothing was running there. */
	| {
			readonly kind: "not-running";
			readonly endpoint: string;
			readonly reason: string;
			readonly waitedMs: number;
	  }
	/** Something is there that is not ready, or will never be. */
	| ({ readonly kind: "not-ready"; readonly waitedMs: number } & WaitProgress);

/**
 * Waits until the engine that is meant answers that it is healthy, whoever starts it, also if that is yet to come.
 * Starts nothing.
 *
 * @throws EngineError `invalid_option`, `invalid_endpoint`; the signal's reason if aborted.
 */
export async function waitUntilReady(options: WaitUntilReadyOptions & CallOptions): Promise<WaitResult> {
	const { configuration, signal } = openComparison(options, OWN_CHECKS);
	const { timeoutMs = 60_000, database = false, onWait } = options;
	const startedAt = performance.now();
	const waitedMs = (): number => Math.round(performance.now() - startedAt);
	let told: string | undefined;
	for (;;) {
		// Looked for anew each time: where an instance is, its next start may say otherwise.
		const target = await findTarget(configuration);
		const endpoint = target.endpoint.url;
		const look = targetIsKnown(target, configuration)
			? await lookAt(target, database, configuration.secrets.adminToken, signal)
			: ({ kind: "absent", reason: "no engine of this instance is recorded" } as const);
		if (look.kind === "ready") return { ...look, endpoint, waitedMs: waitedMs() };
		const remainingMs = timeoutMs - waitedMs();
		const isOver = remainingMs <= 0;
		if (isOver && look.kind === "absent") {
			const reason = describeAbsence(target, configuration);
			return { kind: "not-running", endpoint, reason, waitedMs: waitedMs() };
		}
		if (isOver || look.kind === "hopeless") {
			return { kind: "not-ready", endpoint, reason: look.reason, waitedMs: waitedMs() };
		}
		if (told !== endpoint + look.reason) onWait?.({ endpoint, reason: look.reason });
		told = endpoint + look.reason;
		await pause(Math.min(GAP_MS, remainingMs), { signal });
	}
}

const OWN_CHECKS: OwnChecks<Omit<WaitUntilReadyOptions, keyof EngineOptions>> = {
	timeoutMs: duration,
	database: flag,
	onWait: callback,
};

/** Between two looks, in milliseconds. */
const GAP_MS = 50;

type Look =
	| {
			readonly kind: "ready";
			readonly health: EngineHealth;
			readonly database: DatabaseProbeResult | undefined;
	  }
	| { readonly kind: "absent" | "undecided" | "hopeless"; readonly reason: string };

async function lookAt(
	{ endpoint, record }: TargetEngine,
	needsDatabase: boolean,
	token: string | undefined,
	signal: AbortSignal | undefined,
): Promise<Look> {
	const verdict = probeVerdict(await probeEngine(endpoint, { bindTest: false, signal }));
	switch (verdict.kind) {
		case "engine":
			return judgeDatabase(
				verdict.health,
				needsDatabase ? await probeDatabase(endpoint, { token, signal }) : undefined,
				token ?? endpoint.credentials?.token,
			);
		case "free":
			return record === undefined
				? { kind: "absent", reason: "nothing listens there" }
				: {
						kind: "undecided",
						reason: `its process (pid ${record.identity.pid}) lives and does not listen there`,
					};
		case "occupied":
			return { kind: verdict.isCertain ? "hopeless" : "undecided", reason: verdict.reason };
		case "undecided":
			return { kind: "undecided", reason: verdict.reason };
	}
}

function judgeDatabase(
	health: EngineHealth,
	database: DatabaseProbeResult | undefined,
	token: string | undefined,
): Look {
	switch (database?.kind) {
		case undefined:
		case "answers":
			return { kind: "ready", health, database };
		case "unauthorized":
			return { kind: "hopeless", reason: wantsToken(token) };
		case "failing":
			return { kind: "undecided", reason: `its database does not answer: ${database.reason}` };
	}
}
