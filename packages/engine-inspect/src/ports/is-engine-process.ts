import type { PortHolder } from "./port-holder.ts";

/**
 * Whether a process executes an engine, by its file name as releases and the npm package have it. Good
 * enough to go on asking; to signal it takes more.
 */
export function executesEngine(holder: PortHolder): boolean {
	return holder.name.startsWith("rivet-engine");
}
