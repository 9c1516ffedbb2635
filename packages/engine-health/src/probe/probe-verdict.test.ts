import type { EngineHealth } from "@rivetkit/engine-core";
import { describe, expect, test } from "vitest";
import type { ProbeResult } from "./probe-result.ts";
import { type ProbeVerdict, probeVerdict } from "./probe-verdict.ts";

const health: EngineHealth = {
	runtime: "engine",
	status: "ok",
	version: "2.3.19",
	architecture: undefined,
};

/** Rows for every kind of result; a missing kind does not compile. */
const ROWS: {
	readonly [Kind in ProbeResult["kind"]]: readonly (readonly [
		Omit<Extract<ProbeResult, { kind: Kind }>, "kind">,
		Omit<ProbeVerdict, "answer">,
	])[];
} = {
	free: [[{}, { kind: "free" }]],
	engine: [[{ health }, { kind: "engine", health } as ProbeVerdict]],
	foreign: [[{ runtime: "rivetkit" }, occupied("runtime 'rivetkit' answers", true)]],
	"not-an-engine": [
		[{ status: 200, reason: "it is a page" }, occupied("it is a page", true)],
		[{ status: 299, reason: "it is a page" }, occupied("it is a page", true)],
		[{ status: 301, reason: "it is a proxy" }, occupied("it is a proxy", false)],
		[{ status: 404, reason: "it is a proxy" }, occupied("it is a proxy", false)],
		[{ status: undefined, reason: "it is no HTTP" }, occupied("it is no HTTP", false)],
	],
	unhealthy: [[{ status: 502 }, undecided("unexpected status 502")]],
	unresponsive: [[{ reason: "no answer" }, undecided("no answer")]],
	unreachable: [[{ reason: "no route" }, undecided("no route")]],
};

describe("B24 the verdict for an answer", () => {
	const rows = Object.entries(ROWS).flatMap(([kind, cases]) =>
		cases.map(([rest, verdict]) => [{ kind, ...rest } as ProbeResult, verdict] as const),
	);
	test.each(rows)("%j gives %j", (answer, verdict) => {
		const hasAnswer = answer.kind !== "free" && answer.kind !== "engine";
		expect(probeVerdict(answer)).toEqual({ ...verdict, ...(hasAnswer ? { answer } : {}) });
	});
});

function occupied(reason: string, isCertain: boolean): Omit<ProbeVerdict, "answer"> {
	return { kind: "occupied", reason, isCertain } as ProbeVerdict;
}

function undecided(reason: string): Omit<ProbeVerdict, "answer"> {
	return { kind: "undecided", reason } as ProbeVerdict;
}
