import { chmod, copyFile, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { realEnginePath } from "@rivetkit/engine-testkit";
import { explainsFaults, type PlantedFault } from "./planted-faults.ts";

// Seen to fail: each fault without the lines of the check that find it, or with a lower level.

const FAULTS: readonly PlantedFault[] = [
	{
		title: "3 the binary that a variable names is not there",
		expected: { area: "binary", level: "problem" },
		plant: async (box) => {
			const file = path.join(box.folder, "nowhere", "rivet-engine");
			return {
				variables: { RIVET_ENGINE_BINARY: file },
				message: [`'${file}'`],
				cure: ["`RIVET_ENGINE_BINARY`"],
			};
		},
	},
	{
		title: "4 there is no binary anywhere, and downloading is off",
		expected: { area: "binary", level: "problem" },
		plant: async () => ({
			options: { version: "0.0.1" },
			message: ["No place has a binary of engine 0.0.1"],
			cure: [
				"npm install -D @rivetkit/engine-cli@0.0.1",
				"`autoDownload`",
				"RIVETKIT_ENGINE_AUTO_DOWNLOAD=1",
			],
		}),
	},
	{
		title: "5 the binary lacks the right to be executed",
		expected: { area: "binary", level: "problem" },
		plant: async (box) => {
			const file = path.join(box.folder, "rivet-engine");
			await writeFile(file, "#!/bin/sh\n", { mode: 0o644 });
			return {
				options: { binaryPath: file },
				message: ["its mode is 0644"],
				cure: [`chmod +x '${file}'`, "`binaryPath`"],
			};
		},
	},
	{
		title: "5 the binary is truncated",
		expected: { area: "binary", level: "problem" },
		plant: async (box) => {
			const file = path.join(box.folder, "rivet-engine");
			await copyFile(realEnginePath(), file);
			await chmod(file, 0o755);
			await truncate(file, 1_000_000);
			return {
				options: { binaryPath: file },
				message: ["it is truncated: it has 1000000 bytes"],
				cure: ["Fetch it again", "`binaryPath`"],
			};
		},
	},
];

explainsFaults(FAULTS);
