/** Name of a set of engine settings. `local-dev`: the settings that rivetkit gives its engine. `engine-defaults`: no settings. */
export type EnginePreset = "local-dev" | "engine-defaults";
