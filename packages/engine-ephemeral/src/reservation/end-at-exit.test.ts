// How these tests were seen to fail: with the application's listeners not counted, without the mark, and without
// `signalExitCount`.
import { afterEach, describe, expect, it } from "vitest";
import { endAtExit } from "./end-at-exit.ts";

/** A signal that the process of this test does not get. */
const SIGNAL = "SIGHUP";

const SIGNAL_EXIT = Symbol.for("signal-exit emitter");

let ended = 0;
const listeners: (() => void)[] = [];

function listen(listener: () => void): void {
	listeners.push(listener);
	process.on(SIGNAL, listener);
}

afterEach(() => {
	for (const listener of listeners.splice(0)) process.off(SIGNAL, listener);
	Reflect.deleteProperty(globalThis, SIGNAL_EXIT);
	ended = 0;
});

describe("B41 what is ended at a signal", () => {
	it("stays while the application listens for it, and so do our listeners", () => {
		using _guard = endAtExit(() => ended++);
		listen(() => {});
		const before = process.listenerCount(SIGNAL);
		process.emit(SIGNAL, SIGNAL);
		expect(ended).toBe(0);
		expect(process.listenerCount(SIGNAL)).toBe(before);
	});

	it("is ended if only copies of this package listen, none of which waits for another", () => {
		using _guard = endAtExit(() => ended++);
		listen(Object.assign(() => {}, { [Symbol.for("@rivetkit/engine-ephemeral.end-at-exit")]: true }));
		process.emit(SIGNAL, SIGNAL);
		expect(ended).toBe(1);
	});

	it("is ended if only signal-exit listens, which waits for those who are not it", () => {
		using _guard = endAtExit(() => ended++);
		Object.assign(globalThis, { [SIGNAL_EXIT]: { count: 1 } });
		listen(() => {});
		process.emit(SIGNAL, SIGNAL);
		expect(ended).toBe(1);
	});
});
