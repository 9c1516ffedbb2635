import { describe, expect, it } from "vitest";
import { type CrashHistory, type RestartVerdict, restartVerdict } from "./restart-policy.ts";

// Seen to fail with a gap of 29 s, a limit of 4 or 6, a window of 9 or 11 minutes, times ahead of now counted,
// and without the least wait or the upper bound of it.

const NOW = 1_800_000_000_000;
const second = 1000;
const minute = 60 * second;

/** A crash now, with restarts so long ago. */
function history(agoMs: readonly number[], other: Partial<CrashHistory> = {}): CrashHistory {
	return { crashedAt: NOW, now: NOW, chance: 0, restarts: agoMs.map((ago) => NOW - ago), ...other };
}

const restart = (attempt: number, waitMs: number): RestartVerdict => ({ kind: "restart", attempt, waitMs });

describe("B40 when a crashed engine is started again", () => {
	it.each<[string, CrashHistory, RestartVerdict]>([
		["after a second at first", history([]), restart(1, second)],
		["what of that second is left", history([], { now: NOW + 400 }), restart(1, 600)],
		["now, when it is over", history([], { now: NOW + second }), restart(1, 0)],
		["now, when it is long over", history([], { now: NOW + minute }), restart(1, 0)],
		["half a minute after the restart before", history([0]), restart(2, 30 * second)],
		["what of that is left", history([20 * second]), restart(2, 10 * second)],
		["with chance, up to a fifth more", history([0], { chance: 1 }), restart(2, 36 * second)],
		["and in between", history([0], { chance: 0.5 }), restart(2, 33 * second)],
		["at first without chance", history([], { chance: 1 }), restart(1, second)],
		["a second at least, however long it ran", history([9 * minute]), restart(2, second)],
		["going by the last restart, in any order", history([minute, 0, 2 * minute]), restart(4, 30 * second)],
		["a fifth time", history([4, 3, 2, 1].map((ago) => ago * minute)), restart(5, second)],
		[
			"not a sixth time",
			history([5, 4, 3, 2, 1].map((ago) => ago * minute)),
			{ kind: "give-up", restarts: 5 },
		],
		[
			"a sixth time, when the first was ten minutes ago",
			history([10, 4, 3, 2, 1].map((ago) => ago * minute)),
			restart(5, second),
		],
		[
			"not a sixth time, when the first was not quite",
			history([10 * minute - 1, ...[4, 3, 2, 1].map((ago) => ago * minute)]),
			{ kind: "give-up", restarts: 5 },
		],
		[
			"though times lie ahead, since the clock was set back",
			history([-1, -2, -3, -4, -5].map((ago) => ago * minute)),
			restart(1, second),
		],
		[
			"within a gap, though the clock was set back since the crash",
			history([], { crashedAt: NOW + 60 * minute }),
			restart(1, 30 * second),
		],
		[
			"at first, though a record held no time",
			{ ...history([]), restarts: [Number.NaN] },
			restart(1, second),
		],
	])("%s", (_, history, expected) => {
		expect(restartVerdict(history)).toEqual(expected);
	});
});
