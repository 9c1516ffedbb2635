/** Sets of engine settings by name. `local-dev` is what rivetkit gives its engine; `engine-defaults` sets nothing. */
export type EnginePreset = "local-dev" | "engine-defaults";
