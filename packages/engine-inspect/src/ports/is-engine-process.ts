import { requireOption } from "@rivetkit/engine-core";
import type { PortHolder } from "./port-holder.ts";

/**
 * Returns true if a process seems to execute an engine: its file has the name that releases and the npm package use.
 * This justifies further questions, not a signal to the process.
 *
 * @throws EngineError `invalid_option`.
 */
export function executesEngine(holder: PortHolder): boolean {
	requireOption("holder", typeof holder?.name === "string", "a process with its name");
	return holder.name.startsWith("rivet-engine");
}
