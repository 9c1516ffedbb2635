import type { ExitStatus } from "@rivetkit/engine-core";
import { describe, expect, it } from "vitest";
import { type EndEvidence, type EndKind, endKind } from "./end-kind.ts";

// Seen to fail with every row's own condition taken out of `endKind`.

const unknown: ExitStatus = { kind: "unknown" };
const killed: ExitStatus = { kind: "signaled", signal: "SIGKILL" };

describe("B40 why an engine ended", () => {
	it.each<[string, Partial<EndEvidence>, EndKind]>([
		["a code of its own is a crash", { status: { kind: "exited", code: 1 } }, "crashed"],
		["a clean exit is somebody's SIGTERM", { status: { kind: "exited", code: 0 } }, "stopped"],
		["SIGKILL is a crash", { status: killed }, "crashed"],
		["a fault is a crash", { status: { kind: "signaled", signal: "SIGSEGV" } }, "crashed"],
		["SIGTERM that ended it at once is not", { status: { kind: "signaled", signal: "SIGTERM" } }, "stopped"],
		["nor is SIGINT", { status: { kind: "signaled", signal: "SIGINT" } }, "stopped"],
		["SIGKILL of a stop of ours is none", { status: killed, ending: "stop" }, "stopped"],
		["a restart of ours is none", { status: { kind: "exited", code: 0 }, ending: "restart" }, "replaced"],
		["of another's child nothing is known", { status: unknown }, "crashed"],
		[
			"unless its log tells of the signal",
			{ status: unknown, logTail: ['ts=1 level=info message="received SIGTERM"', "more"] },
			"stopped",
		],
		[
			"or of its orderly end",
			{ status: unknown, logTail: ['ts=1 level=info message="all services finished"'] },
			"stopped",
		],
		[
			"its own child's status counts more than the log",
			{ status: killed, logTail: ['ts=1 level=info message="received SIGTERM"'] },
			"crashed",
		],
		[
			"that has a living successor, though it ended by itself",
			{ status: unknown, isSucceeded: true },
			"replaced",
		],
		[
			"that has one, though it was told to end",
			{ status: { kind: "exited", code: 0 }, isSucceeded: true },
			"replaced",
		],
		["and a stop of ours more than anything", { status: unknown, ending: "stop" }, "stopped"],
	])("%s", (_, evidence, expected) => {
		expect(endKind({ ending: undefined, status: unknown, logTail: [], ...evidence })).toBe(expected);
	});
});
