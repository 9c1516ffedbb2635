import path from "node:path";
import { explainsFaults, type PlantedFault } from "./planted-faults.ts";

// Seen to fail: each fault without the lines of the check that find it, or with a lower level.

const FAULTS: readonly PlantedFault[] = [
	{
		title: "14 a variable cannot be used",
		expected: { area: "settings", level: "problem" },
		plant: async () => ({
			variables: { RIVETKIT_ENGINE_SPAWN: "sometimes" },
			message: ["'sometimes'", "auto, always, never"],
			cure: ["`RIVETKIT_ENGINE_SPAWN`"],
		}),
	},
	{
		title: "14 the file of a secret, which a variable names, cannot be read",
		expected: { area: "settings", level: "problem" },
		plant: async (box) => {
			const file = path.join(box.folder, "gone");
			return {
				variables: { RIVETKIT_ENGINE_POSTGRES_URL_FILE: file },
				message: ["'RIVETKIT_ENGINE_POSTGRES_URL_FILE'", `'${file}'`, "ENOENT"],
				cure: ["`RIVETKIT_ENGINE_POSTGRES_URL_FILE`"],
			};
		},
	},
	{
		title: "18 inherited variables would move the engine to another database",
		expected: { area: "settings", level: "notice" },
		plant: async () => ({
			variables: { RIVET__POSTGRES__URL: "postgres://u:s3cret@h/d" },
			message: ["`RIVET__POSTGRES__URL`"],
			cure: ["Unset `RIVET__POSTGRES__URL`"],
		}),
	},
];

explainsFaults(FAULTS);
