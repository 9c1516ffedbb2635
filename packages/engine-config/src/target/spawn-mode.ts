/** Whether an engine may be started: where the endpoint is this machine, always, or never. */
export type SpawnMode = "auto" | "always" | "never";

/** The words that the option `spawn` and its variable take. */
export const SPAWN_MODES: readonly SpawnMode[] = ["auto", "always", "never"];
