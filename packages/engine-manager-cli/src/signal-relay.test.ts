import { describe, expect, it } from "vitest";
import { signalRelay } from "./signal-relay.ts";

/** A relay, and what it has told to whom. */
function observed() {
	const unasked: [NodeJS.Signals, boolean][] = [];
	const heard: NodeJS.Signals[] = [];
	const relay = signalRelay((name, isAgain) => unasked.push([name, isAgain]));
	return { relay, unasked, heard, ask: () => relay.subscribe((name) => heard.push(name)) };
}

describe("B42 a relay of signals", () => {
	it("keeps what comes before anybody asks, and hands it over in its order", () => {
		const { relay, heard, ask } = observed();
		for (const name of ["SIGTERM", "SIGINT", "SIGTERM"] as const) relay.deliver(name);
		ask();
		expect(heard).toEqual(["SIGTERM", "SIGINT", "SIGTERM"]);
	});

	it("hands on at once what comes later, and says nothing of it to anybody else", () => {
		const { relay, unasked, heard, ask } = observed();
		ask();
		relay.deliver("SIGTERM");
		relay.deliver("SIGTERM");
		expect(heard).toEqual(["SIGTERM", "SIGTERM"]);
		expect(unasked).toEqual([]);
	});

	it("tells at once what nobody has asked for, and that it comes again", () => {
		const { relay, unasked } = observed();
		for (const name of ["SIGINT", "SIGTERM", "SIGINT"] as const) relay.deliver(name);
		expect(unasked).toEqual([
			["SIGINT", false],
			["SIGTERM", false],
			["SIGINT", true],
		]);
	});

	it("hands a signal over once, to the last that asked", () => {
		const { relay, heard, ask } = observed();
		relay.deliver("SIGTERM");
		ask();
		const others: NodeJS.Signals[] = [];
		relay.subscribe((name) => others.push(name));
		relay.deliver("SIGHUP");
		expect({ heard, others }).toEqual({ heard: ["SIGTERM"], others: ["SIGHUP"] });
	});
});
