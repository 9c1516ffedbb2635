import { describe, expect, it } from "vitest";
import { readEngineConfiguration } from "../../../engine-config/src/configuration.ts";
import { engineToStop } from "../../../engine-doctor/src/engine-to-stop.ts";
import { commandToStop } from "./stop-command.ts";
import { withStopCommands } from "./with-stop-commands.ts";

// Seen to fail without the quotes, without the instance, with a relative folder of an instance, and with an unchanged
// cure.

it.each([
	[{}, "--storage-root '/home/ann'\\''s/.rivetkit' --endpoint http://127.0.0.1:7420"],
	[
		{ instancePath: "second" },
		"--storage-root '/home/ann'\\''s/.rivetkit' --endpoint http://127.0.0.1:7420 --instance second",
	],
	[
		{ instancePath: "./data" },
		"--storage-root '/home/ann'\\''s/.rivetkit' --endpoint http://127.0.0.1:7420 --instance /work/data",
	],
])("B38 the command that stops the engine of %j can be typed into a shell", (options, flags) => {
	const configuration = readEngineConfiguration(
		{ ...options, storageRoot: "/home/ann's/.rivetkit" },
		{},
		"/work",
	);
	const engine = engineToStop(configuration, "http://127.0.0.1:7420");
	expect(commandToStop(engine)).toBe(`rivet-enginectl stop ${flags}`);
});

describe("B38 the doctor's cures in the tool", () => {
	it("name the command that stops the engine, with its flags", () => {
		const finding = {
			area: "database",
			level: "problem",
			message: "It is in use.",
			cure: "Use it, stop it with `stopEngine`, or wait.",
			engineToStop: { storageRoot: "/$&", instancePath: undefined, endpoint: "http://127.0.0.1:7420" },
		} as const;
		const other = { area: "binary", level: "ok", message: "It is there." } as const;
		const wouldStart = { kind: "fail", areas: ["database"] } as const;
		const { findings } = withStopCommands({ settings: [], findings: [finding, other], wouldStart });
		expect(findings).toEqual([
			{
				...finding,
				cure: "Use it, stop it with `rivet-enginectl stop --storage-root '/$&' --endpoint http://127.0.0.1:7420`, or wait.",
			},
			other,
		]);
	});
});
