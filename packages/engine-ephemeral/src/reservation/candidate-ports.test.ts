// Seen to fail with 10240 for the lowest port, without the fallback, and with `start` left out.
import { describe, expect, it } from "vitest";
import { candidatePorts } from "./candidate-ports.ts";

describe("B41 the guard ports of throw-away engines", () => {
	it.each([
		["below the system's own", 32_768, 32_768],
		["below a lower limit of the system's own", 24_000, 24_000],
		["where the system's own begin too low to stay below them", 15_000, 32_768],
		["where they begin so low that few would be left", 20_100, 32_768],
	])("lie %s", (_title, end, highest) => {
		const ports = candidatePorts(end, 0);
		expect(Math.min(...ports)).toBe(20_000);
		expect(Math.max(...ports) + 10).toBeLessThan(highest);
		expect(new Set(ports).size).toBe(ports.length);
		expect(ports.length).toBeGreaterThanOrEqual(100);
	});

	it("begin at a random port and come back to the ports before it", () => {
		const ports = candidatePorts(32_768, 0.999_999);
		expect(ports[0]).toBe(Math.max(...ports));
		expect(ports[1]).toBe(20_000);
		expect(new Set(ports)).toEqual(new Set(candidatePorts(32_768, 0)));
	});

	it("leave room for an api-peer port 1 and a metrics port 10 above", () => {
		const used = candidatePorts(32_768, 0.3).flatMap((port) => [port, port + 1, port + 10]);
		expect(new Set(used).size).toBe(used.length);
	});
});
