import { describe, expect, it } from "vitest";
import { type CrashHistory, type RestartVerdict, restartVerdict } from "./restart-policy.ts";

// Seen to fail with a gap of 29 s, with a limit of 4 or 6, with a window of 9 or 11 minutes, with times ahead of now
// counted, and without the least wait or its upper bound.

const NOW = 1_800_000_000_000;
const second = 1000;
const minute = 60 * second;

/** Makes the history of a crash now, with restarts that long ago. */
function history(agoMs: readonly number[], other: Partial<CrashHistory> = {}): CrashHistory {
	return { crashedAt: NOW, now: NOW, chance: 0, restarts: agoMs.map((ago) => NOW - ago), ...other };
}

const restart = (attempt: number, waitMs: number): RestartVerdict => ({ kind: "restart", attempt, waitMs });

describe("B40 a crashed engine is started again", () => {
	it.each<[string, CrashHistory, RestartVerdict]>([
		["after a second at first", history([]), restart(1, second)],
		["after the rest of that second", history([], { now: NOW + 400 }), restart(1, 600)],
		["at once, when that second is over", history([], { now: NOW + second }), restart(1, 0)],
		["at once, when that second is long over", history([], { now: NOW + minute }), restart(1, 0)],
		["half a minute after the restart before", history([0]), restart(2, 30 * second)],
		["after the rest of that half minute", history([20 * second]), restart(2, 10 * second)],
		["up to a fifth later, by chance", history([0], { chance: 1 }), restart(2, 36 * second)],
		["a tenth later, by half the chance", history([0], { chance: 0.5 }), restart(2, 33 * second)],
		["after a second at first, whatever the chance", history([], { chance: 1 }), restart(1, second)],
		["after a second at least, however long the engine ran", history([9 * minute]), restart(2, second)],
		[
			"after the last restart, in whatever order they are listed",
			history([minute, 0, 2 * minute]),
			restart(4, 30 * second),
		],
		["a fifth time", history([4, 3, 2, 1].map((ago) => ago * minute)), restart(5, second)],
		[
			"not a sixth time",
			history([5, 4, 3, 2, 1].map((ago) => ago * minute)),
			{ kind: "give-up", restarts: 5 },
		],
		[
			"a sixth time, if the first was ten minutes ago",
			history([10, 4, 3, 2, 1].map((ago) => ago * minute)),
			restart(5, second),
		],
		[
			"not a sixth time, if the first was not quite ten minutes ago",
			history([10 * minute - 1, ...[4, 3, 2, 1].map((ago) => ago * minute)]),
			{ kind: "give-up", restarts: 5 },
		],
		[
			"without regard to times ahead, after the clock was set back",
			history([-1, -2, -3, -4, -5].map((ago) => ago * minute)),
			restart(1, second),
		],
		[
			"within a gap, even if the clock was set back since the crash",
			history([], { crashedAt: NOW + 60 * minute }),
			restart(1, 30 * second),
		],
		[
			"as at first, if a record holds no time",
			{ ...history([]), restarts: [Number.NaN] },
			restart(1, second),
		],
	])("%s", (_, history, expected) => {
		expect(restartVerdict(history)).toEqual(expected);
	});
});
