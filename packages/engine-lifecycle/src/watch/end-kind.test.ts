import type { ExitStatus } from "@rivetkit/engine-core";
import { describe, expect, it } from "vitest";
import { type EndEvidence, type EndKind, endKind } from "./end-kind.ts";

// Seen to fail with every row's own condition taken out of `endKind`.

const unknown: ExitStatus = { kind: "unknown" };
const killed: ExitStatus = { kind: "signaled", signal: "SIGKILL" };

describe("B40 the end of an engine", () => {
	it.each<[string, Partial<EndEvidence>, EndKind]>([
		["with an exit code but 0 is a crash", { status: { kind: "exited", code: 1 } }, "crashed"],
		["with exit code 0 is a stop", { status: { kind: "exited", code: 0 } }, "stopped"],
		["by SIGKILL is a crash", { status: killed }, "crashed"],
		["by a fault is a crash", { status: { kind: "signaled", signal: "SIGSEGV" } }, "crashed"],
		[
			"by SIGTERM, before it is handled, is a stop",
			{ status: { kind: "signaled", signal: "SIGTERM" } },
			"stopped",
		],
		[
			"by SIGINT, before it is handled, is a stop",
			{ status: { kind: "signaled", signal: "SIGINT" } },
			"stopped",
		],
		["by SIGKILL of a recorded stop is a stop", { status: killed, ending: "stop" }, "stopped"],
		[
			"for a recorded restart is a replacement",
			{ status: { kind: "exited", code: 0 }, ending: "restart" },
			"replaced",
		],
		["of another program's child, with nothing in its log, is a crash", { status: unknown }, "crashed"],
		[
			"of another program's child, whose log shows the signal, is a stop",
			{ status: unknown, logTail: ['ts=1 level=info message="received SIGTERM"', "more"] },
			"stopped",
		],
		[
			"of another program's child, whose log shows an orderly end, is a stop",
			{ status: unknown, logTail: ['ts=1 level=info message="all services finished"'] },
			"stopped",
		],
		[
			"by SIGKILL is a crash, whatever the log says",
			{ status: killed, logTail: ['ts=1 level=info message="received SIGTERM"'] },
			"crashed",
		],
		[
			"of unknown status is a replacement if a successor lives",
			{ status: unknown, isSucceeded: true },
			"replaced",
		],
		[
			"with exit code 0 is a replacement if a successor lives",
			{ status: { kind: "exited", code: 0 }, isSucceeded: true },
			"replaced",
		],
		["of unknown status is a stop if a stop is recorded", { status: unknown, ending: "stop" }, "stopped"],
	])("%s", (_, evidence, expected) => {
		expect(endKind({ ending: undefined, status: unknown, logTail: [], ...evidence })).toBe(expected);
	});
});
