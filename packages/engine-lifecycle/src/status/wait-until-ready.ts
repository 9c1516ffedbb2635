import { callback, duration, type EngineOptions, flag } from "@rivetkit/engine-config";
import { type EngineHealth, pause } from "@rivetkit/engine-core";

import {
	type DatabaseProbeResult,
	probeDatabase,
	probeEngine,
	probeVerdict,
	wantsToken,
} from "@rivetkit/engine-health";
import { describeAbsence, findTarget, type TargetEngine, targetIsKnown } from "@rivetkit/engine-instances";
import { type CallOptions, type OwnChecks, openComparison } from "../context.ts";

/** Options of a wait. */
export interface WaitUntilReadyOptions extends EngineOptions {
	/** The longest wait, in milliseconds. @defaultValue 60000 */
	readonly timeoutMs?: number | undefined;
	/** True to wait until the engine can read its database, too. @defaultValue false */
	readonly database?: boolean | undefined;
	/** Called with the reason why the engine is not ready, and again whenever the reason changes. */
	readonly onWait?: ((waiting: WaitProgress) => void) | undefined;
}

/** The reason why a wait goes on. */
export interface WaitProgress {
	readonly endpoint: string;
	readonly reason: string;
}

/** The result of a wait. */
export type WaitResult =
	| {
			readonly kind: "ready";
			readonly endpoint: string;
			readonly health: EngineHealth;
			/** Undefined unless the option `database` is set. */
			readonly database: DatabaseProbeResult | undefined;
			readonly waitedMs: number;
	  }
	/** No engine ran there when the time was up. */
	| {
			readonly kind: "not-running";
			readonly endpoint: string;
			readonly reason: string;
			readonly waitedMs: number;
	  }
	/** A server is there that is not ready, or never will be. */
	| ({ readonly kind: "not-ready"; readonly waitedMs: number } & WaitProgress);

/**
 * Waits until the target engine answers that it is healthy. This call starts no engine: another program has started it,
 * or starts it during the wait.
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
		// Found again each time: the next start of the instance may record another address.
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
