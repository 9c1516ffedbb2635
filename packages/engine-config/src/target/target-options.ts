import type { SpawnMode } from "./spawn-mode.ts";

/** Options that say which engine is meant. The README's table names the variables of some. */
export interface TargetOptions {
	/** The URL at which the engine answers. @defaultValue `http://127.0.0.1:6420`, or as `bindHost` and `bindPort` say */
	readonly endpoint?: string | undefined;
	/** The address that the guard binds. @defaultValue the endpoint's host */
	readonly bindHost?: string | undefined;
	/** The port that the guard binds. @defaultValue the endpoint's port */
	readonly bindPort?: number | undefined;
	/** When an engine may be started. @defaultValue `auto` */
	readonly spawn?: SpawnMode | undefined;
	/** The folder of binaries, data and logs. @defaultValue `~/.rivetkit` */
	readonly storageRoot?: string | undefined;
	/** The name or the folder of another instance than the default one. */
	readonly instancePath?: string | undefined;
}
