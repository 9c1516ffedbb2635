import type { ProcessPlace } from "./process-reader.ts";

/**
 * Reads a place once for all callers, as it stays the same for as long as this process lives. A reading
 * that lacks something is not kept: what it lacks may be told the next time.
 */
export function keepComplete(readPlace: () => Promise<ProcessPlace>): () => Promise<ProcessPlace> {
	let reading: Promise<ProcessPlace> | undefined;
	return () => {
		reading ??= readPlace().then((place) => {
			if (Object.values(place).includes(null)) reading = undefined;
			return place;
		});
		return reading;
	};
}
