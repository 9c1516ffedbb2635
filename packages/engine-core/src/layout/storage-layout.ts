import os from "node:os";
import path from "node:path";
import { EngineError } from "../errors.ts";
import { requireKnownOptions } from "../known-options.ts";

/** Environment variables by name. A function that gets them does not read `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Paths of the files and folders of one instance. */
export interface InstanceLayout {
	/** Empty for the default instance. */
	readonly name: string;
	readonly folder: string;
	readonly databasePath: string;
	readonly logsFolder: string;
	/** `runtime.json`, which rivetkit writes and reads as well. */
	readonly rivetkitRecordPath: string;
	/** `owner.json`, which only these packages use. */
	readonly recordPath: string;
	/** `engine.json`, with the engine settings that environment variables cannot or must not carry. */
	readonly configPath: string;
	/** The lock that a start of this instance takes; see `@rivetkit/engine-core/lock`. */
	readonly lockFolder: string;
}

/** The codes that {@link instanceLayout} and {@link storageRoot} throw. */
export type StorageLayoutErrorCode = "invalid_option";

/** Sources of the storage root. */
export interface StorageRootOptions {
	readonly environment: Environment;
	/** The working directory. */
	readonly cwd: string;
	/** Returns the user's home folder; may throw, or return an empty string. @defaultValue `os.homedir` */
	readonly homedir?: (() => string) | undefined;
}

const STORAGE_ROOT_OPTIONS: Readonly<Record<keyof StorageRootOptions, true>> = {
	environment: true,
	cwd: true,
	homedir: true,
};

/**
 * Returns the absolute path of the `.rivetkit` folder: below `RIVETKIT_STORAGE_PATH`, else below `HOME`,
 * else below the user's home folder, else below the working directory.
 *
 * @throws EngineError `invalid_option` for an unknown option.
 */
export function storageRoot(options: StorageRootOptions): string {
	requireKnownOptions(options, STORAGE_ROOT_OPTIONS);
	const { environment, cwd } = options;
	const parent = environment["RIVETKIT_STORAGE_PATH"] || environment["HOME"] || home(options.homedir) || ".";
	return path.resolve(cwd, parent, ".rivetkit");
}

/**
 * Returns the paths of an instance's files and folders. The default instance has the same paths as in rivetkit.
 *
 * @param instancePath - A name of letters, digits, `.`, `_` and `-`, or the path of a folder, which has a separator in it
 * and is relative to `cwd`. @defaultValue the default instance
 * @throws EngineError `invalid_option` for a text that is neither a name nor a path.
 */
export function instanceLayout(root: string, instancePath?: string, cwd: string = root): InstanceLayout {
	if (instancePath === undefined) {
		return layoutIn("", path.join(root, "var", "engine"), path.join(root, "var", "logs", "rivet-engine"));
	}
	const isName = /^[A-Za-z0-9._-]+$/.test(instancePath) && !/^\.+$/.test(instancePath);
	if (!isName && !/[/\\]/.test(instancePath)) {
		throw new EngineError(
			"invalid_option",
			`Option 'instancePath' is '${instancePath}', which is neither a name nor a folder.`,
			{
				metadata: {
					option: "instancePath",
					hint: "Give a name of letters, digits, '.', '_' and '-', or a folder with a separator in it, such as './data'.",
				},
			},
		);
	}
	const folder = isName
		? path.join(root, "var", "engine", "instances", instancePath)
		: path.resolve(cwd, instancePath);
	return layoutIn(instancePath, folder, path.join(folder, "logs"));
}

/** Returns the working directory of this process; the root of Node's disk if the working directory was deleted. */
export function currentFolder(): string {
	try {
		return process.cwd();
	} catch {
		return path.parse(process.execPath).root;
	}
}

function layoutIn(name: string, folder: string, logsFolder: string): InstanceLayout {
	return {
		name,
		folder,
		logsFolder,
		databasePath: path.join(folder, "db"),
		rivetkitRecordPath: path.join(folder, "runtime.json"),
		recordPath: path.join(folder, "owner.json"),
		configPath: path.join(folder, "engine.json"),
		lockFolder: path.join(folder, "lock"),
	};
}

function home(homedir: () => string = os.homedir): string | undefined {
	try {
		const folder = homedir();
		return path.isAbsolute(folder) ? folder : undefined;
	} catch {
		return undefined;
	}
}
