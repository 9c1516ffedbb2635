import { describe, expect, test } from "vitest";
import { judgeSightings, type Sighting } from "./judge-sightings.ts";

/** Makes a look at a file, with its size, its mtime and the times of both clocks in seconds. */
function look(monotonic: number, wall: number, mtime: number, sizeBytes = 100, inode = 1): Sighting {
	return {
		inode,
		sizeBytes,
		mtimeMs: mtime * 1000,
		wallMs: wall * 1000,
		monotonicMs: monotonic * 1000,
	};
}

const HOUR = 3600;
const settled = { kind: "settled" };
const lookAgain = { kind: "look-again", pauseMs: 50 };
const young = (pauseMs: number) => ({ kind: "wait", pauseMs, reason: expect.stringContaining("last 10 s") });
const growing = { kind: "wait", pauseMs: 250, reason: expect.stringContaining("is writing it") };

describe("B14 a file without a receipt", () => {
	test.each<[string, readonly [Sighting, ...Sighting[]], object]>([
		["that is old is looked at twice, soon", [look(0, 1000, 900)], lookAgain],
		[
			"that is old and the same on a second look has come to rest",
			[look(0, 1000, 900), look(0.05, 1000.05, 900)],
			settled,
		],
		["that is ten seconds old is old", [look(0, 910, 900)], lookAgain],
		["that is younger is waited for", [look(0, 909, 900)], young(250)],
		["that will be old soon is looked at then", [look(0, 909.9, 900)], young(100)],
		[
			"that was young and has become old has come to rest",
			[look(0, 905, 900), look(2.5, 907.5, 900), look(5, 910, 900)],
			settled,
		],
		[
			"that grows is waited for, though it is young anyway",
			[look(0, 900, 900), look(0.25, 900.25, 900.2, 200)],
			growing,
		],
		[
			"that has grown is young from its last write on",
			[look(0, 900, 900), look(9, 909, 909, 200), look(9.25, 909.25, 909, 200)],
			young(250),
		],
		[
			"that grows with an old mtime, as another machine's clock gives, has not come to rest",
			[look(0, HOUR, 0), look(0.05, HOUR, 0, 200)],
			growing,
		],
		[
			"that changes in nothing but its mtime has not come to rest",
			[look(0, 900, 100), look(0.05, 900, 101)],
			growing,
		],
		[
			"that was replaced by one of the same size and mtime has not come to rest",
			[look(0, 900, 100), look(0.05, 900, 100, 100, 2)],
			growing,
		],
		[
			"to which an archive gave an old mtime after writing it is old on the next look",
			[look(0, 900, 900), look(0.25, 900.25, 100), look(0.5, 900.5, 100)],
			settled,
		],
		[
			"of the future has come to rest once it was the same for ten seconds",
			[look(0, 900, 900 + HOUR), look(5, 905, 900 + HOUR), look(10, 910, 900 + HOUR)],
			settled,
		],
		[
			"of the future is waited for until then",
			[look(0, 900, 900 + HOUR), look(9.9, 909.9, 900 + HOUR)],
			young(100),
		],
		[
			"whose writer goes on while the wall clock jumps ahead has not come to rest",
			[look(0, 900, 900), look(0.25, 900 + HOUR, 900, 200)],
			growing,
		],
		[
			"comes to rest though the wall clock is set back while it is waited for",
			[look(0, 905, 900), look(5, 910 - HOUR, 900), look(10, 915 - HOUR, 900)],
			settled,
		],
		[
			"does not come to rest by ten seconds in which it changed",
			[look(0, 900, 900), look(9, 909, 909, 200), look(10, 910, 909, 200)],
			young(250),
		],
		[
			"is counted from the change to what it was before, not from the first look",
			[look(0, 900, 900 + HOUR), look(6, 906, 900, 200), look(10, 910, 900 + HOUR)],
			growing,
		],
	])("%s", (_, sightings, expected) => {
		const last = sightings[sightings.length - 1] ?? sightings[0];
		expect(judgeSightings(last, sightings.slice(0, -1))).toEqual(expected);
	});
});
