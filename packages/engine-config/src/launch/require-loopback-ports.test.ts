import { describe, expect, test } from "vitest";
import type { LaunchOptions } from "./launch-options.ts";
import { readLaunch } from "./read-launch.ts";
import { requireLoopbackPorts } from "./require-loopback-ports.ts";

const read = (options: LaunchOptions) =>
	readLaunch(options, {}, { workingDirectory: "/", usesPostgres: false });

describe("B42 ports without authentication are refused on addresses that other machines reach", () => {
	test.each<[LaunchOptions, string | undefined]>([
		[{}, undefined],
		[{ peerHost: "127.0.0.2", metricsHost: "::1" }, undefined],
		[{ peerHost: "localhost", metricsHost: "[::1]" }, undefined],
		[{ peerHost: "0.0.0.0" }, "'peerHost' is '0.0.0.0'"],
		[{ metricsHost: "10.0.0.1" }, "'metricsHost' is '10.0.0.1'"],
		[{ peerHost: "::", unsafelyExposeUnauthenticatedPorts: true }, undefined],
	])("%j", (options, refused) => {
		const check = (): void => requireLoopbackPorts(read(options));
		if (refused === undefined) expect(check).not.toThrow();
		else expect(check).toThrow(refused);
	});
});
