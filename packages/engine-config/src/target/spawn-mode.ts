/** When an engine may be started: if the endpoint is on this machine, always, or never. */
export type SpawnMode = "auto" | "always" | "never";

/** The values of the option `spawn` and its variable. */
export const SPAWN_MODES: readonly SpawnMode[] = ["auto", "always", "never"];
