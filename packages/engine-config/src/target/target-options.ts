import type { SpawnMode } from "./spawn-mode.ts";

/** Options that select an engine. Some have environment variables: see the README's table. */
export interface TargetOptions {
	/** The URL at which the engine answers. @defaultValue `http://127.0.0.1:6420`, with `bindHost` and `bindPort` if given */
	readonly endpoint?: string | undefined;
	/** The address that the guard binds. @defaultValue the endpoint's host */
	readonly bindHost?: string | undefined;
	/** The port that the guard binds. @defaultValue the endpoint's port */
	readonly bindPort?: number | undefined;
	/** When an engine may be started. @defaultValue `auto` */
	readonly spawn?: SpawnMode | undefined;
	/** The folder of binaries, data and logs. @defaultValue `~/.rivetkit` */
	readonly storageRoot?: string | undefined;
	/** The name or the folder of an instance. @defaultValue the default instance */
	readonly instancePath?: string | undefined;
}
