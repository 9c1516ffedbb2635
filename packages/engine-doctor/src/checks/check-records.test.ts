import { expect, it } from "vitest";
import { recordedPort } from "./check-records.ts";

// Seen to fail with port 80 for every endpoint without a port.

it.each([
	["http://127.0.0.1:7420", 7420],
	["http://127.0.0.1", 80],
	["https://127.0.0.1", 443],
	["https://[::1]:7420", 7420],
	["127.0.0.1:7420", undefined],
	["nowhere", undefined],
])("B38 the port of the endpoint %s in rivetkit's record is %s", (endpoint, port) => {
	expect(recordedPort(endpoint)).toBe(port);
});
