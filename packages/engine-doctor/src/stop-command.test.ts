import { expect, it } from "vitest";
import { readEngineConfiguration } from "../../engine-config/src/configuration.ts";
import { stopCommand } from "./stop-command.ts";

// How this test was seen to fail: without the quotes, without the instance, and with its folder as it was given.

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
])("B38 the command that stops the engine of %j is typed as it is", (options, flags) => {
	const configuration = readEngineConfiguration(
		{ ...options, storageRoot: "/home/ann's/.rivetkit" },
		{},
		"/work",
	);
	expect(stopCommand(configuration, "http://127.0.0.1:7420")).toBe(`rivet-enginectl stop ${flags}`);
});
