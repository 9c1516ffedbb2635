import { requireOption } from "@rivetkit/engine-core";
import type { PortHolder } from "./port-holder.ts";

/**
 * Tells whether a process executes an engine, by the file name that releases and the npm package have. This justifies
 * further questions, not a signal to the process.
 *
 * @throws EngineError `invalid_option`.
 */
export function executesEngine(holder: PortHolder): boolean {
	requireOption("holder", typeof holder?.name === "string", "a process with its name");
	return holder.name.startsWith("rivet-engine");
}
