import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import path from "node:path";

const HOUR_MS = 3_600_000;

/** Makes the time of day wrong by up to two days, in both directions. */
export function makeClockJump() {
	const RealDate = Date;
	const now = () => RealDate.now() + Math.round((Math.random() - 0.5) * 96) * HOUR_MS;
	globalThis.Date = class extends RealDate {
		static now() {
			return now();
		}
		constructor(...args) {
			super(...(args.length === 0 ? [now()] : args));
		}
	};
}

/**
 * Stops this process for a moment, at random, just before it changes a file in `folder`. Only at these points can another
 * process interfere; a stop elsewhere makes no difference.
 */
export function pauseAtFileOperations(folder, operations) {
	for (const name of operations) {
		const original = fs[name];
		fs[name] = (file, ...rest) => {
			if (String(file).startsWith(folder) && chance(0.1)) pause(Math.random() * 6);
			return original(file, ...rest);
		};
	}
	syncBuiltinESMExports();
}

/** Spoils the file of the highest generation, as a crash of the machine or an editor could. */
export function spoilHighest(folder) {
	const numbers = fs.readdirSync(folder).map((name) => Number(/^g(\d+)$/.exec(name)?.[1] ?? 0));
	const file = path.join(folder, `g${Math.max(...numbers)}`);
	const contents = ["", '{"format":1,"owner":{"pi', "\0".repeat(300), "{}", "null", "no longer"];
	fs.writeFileSync(file, contents[Math.floor(Math.random() * contents.length)] ?? "");
}

/** Returns true with this probability. */
export function chance(share) {
	return Math.random() < share;
}

/** Blocks this process, even for less than a millisecond. */
export function pause(ms) {
	Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
