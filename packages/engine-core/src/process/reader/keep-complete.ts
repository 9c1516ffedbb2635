import type { ProcessPlace } from "./process-reader.ts";

/**
 * Reads a place once for all callers, since it stays the same as long as this process lives. A reading with a null
 * field is not kept, since the next reading may find its value.
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
