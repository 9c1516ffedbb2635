import { procReader } from "./proc-reader.ts";
import type { SystemReader } from "./system-reader.ts";
import { unknownReader } from "./unknown-reader.ts";

const reader = process.platform === "linux" ? procReader() : unknownReader;

/** The reader of this platform. */
export function localReader(): SystemReader {
	return reader;
}
