/** When an engine may be started. `auto`: only if the endpoint is on this machine. */
export type SpawnMode = "auto" | "always" | "never";

/** The values of the option `spawn` and its environment variable. */
export const SPAWN_MODES: readonly SpawnMode[] = ["auto", "always", "never"];
