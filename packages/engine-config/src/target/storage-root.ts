import path from "node:path";
import { currentFolder, type Environment, isText, requireOption, storageRoot } from "@rivetkit/engine-core";
import { DEFAULT_ORIGIN, type Origin, type Setting } from "../setting.ts";
import type { TargetOptions } from "./target-options.ts";

/**
 * Reads the storage root, an absolute path. Reads no other environment variables than those for the storage root.
 *
 * @throws EngineError `invalid_option`
 */
export function readStorageRoot(
	options: Pick<TargetOptions, "storageRoot">,
	environment: Environment,
	workingDirectory: string = currentFolder(),
): Setting<string> {
	const { storageRoot: named } = options;
	requireOption(
		"storageRoot",
		named === undefined || isText(named),
		"a string that is neither empty nor contains NUL",
	);
	if (options.storageRoot === undefined) {
		return { value: storageRoot({ environment, cwd: workingDirectory }), origin: storageOrigin(environment) };
	}
	return {
		value: path.resolve(workingDirectory, options.storageRoot),
		origin: { kind: "option", name: "storageRoot" },
	};
}

function storageOrigin(environment: Environment): Origin {
	const name = ["RIVETKIT_STORAGE_PATH", "HOME"].find((variable) => environment[variable]);
	return name === undefined ? DEFAULT_ORIGIN : { kind: "variable", name };
}
