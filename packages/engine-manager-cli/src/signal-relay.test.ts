import { describe, expect, it } from "vitest";
import { signalRelay } from "./signal-relay.ts";

/** Makes a relay, with the signals that its two listeners have got. */
function observed() {
	const unasked: [NodeJS.Signals, boolean][] = [];
	const heard: NodeJS.Signals[] = [];
	const relay = signalRelay((name, isAgain) => unasked.push([name, isAgain]));
	return { relay, unasked, heard, subscribe: () => relay.subscribe((name) => heard.push(name)) };
}

describe("B42 a relay of signals", () => {
	it("keeps signals until a listener subscribes, and passes them on in their order", () => {
		const { relay, heard, subscribe } = observed();
		for (const name of ["SIGTERM", "SIGINT", "SIGTERM"] as const) relay.deliver(name);
		subscribe();
		expect(heard).toEqual(["SIGTERM", "SIGINT", "SIGTERM"]);
	});

	it("passes later signals on at once, and to nobody else", () => {
		const { relay, unasked, heard, subscribe } = observed();
		subscribe();
		relay.deliver("SIGTERM");
		relay.deliver("SIGTERM");
		expect(heard).toEqual(["SIGTERM", "SIGTERM"]);
		expect(unasked).toEqual([]);
	});

	it("tells of signals that come before a listener has subscribed, and which of them come again", () => {
		const { relay, unasked } = observed();
		for (const name of ["SIGINT", "SIGTERM", "SIGINT"] as const) relay.deliver(name);
		expect(unasked).toEqual([
			["SIGINT", false],
			["SIGTERM", false],
			["SIGINT", true],
		]);
	});

	it("passes each signal on once, to the listener that subscribed last", () => {
		const { relay, heard, subscribe } = observed();
		relay.deliver("SIGTERM");
		subscribe();
		const others: NodeJS.Signals[] = [];
		relay.subscribe((name) => others.push(name));
		relay.deliver("SIGHUP");
		expect({ heard, others }).toEqual({ heard: ["SIGTERM"], others: ["SIGHUP"] });
	});
});
