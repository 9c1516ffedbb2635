import type { SpawnMode } from "./spawn-mode.ts";

/** Options that say which engine is meant. Some may come from a variable too; see the README's table. */
export interface TargetOptions {
	/** Where the engine is asked. @defaultValue `http://127.0.0.1:6420`, or as `bindHost` and `bindPort` say */
	readonly endpoint?: string | undefined;
	/** The address that the guard binds. @defaultValue the endpoint's host */
	readonly bindHost?: string | undefined;
	/** The port that the guard binds. @defaultValue the endpoint's port */
	readonly bindPort?: number | undefined;
	/** @defaultValue `auto` */
	readonly spawn?: SpawnMode | undefined;
	/** The `.rivetkit` folder. @defaultValue `~/.rivetkit` */
	readonly storageRoot?: string | undefined;
	/** A name or a folder, for an engine beside the default one. */
	readonly instancePath?: string | undefined;
}
