import { stat } from "node:fs/promises";
import path from "node:path";

/** Returns the path of the engine's file in a folder. The file need not exist. */
export function engineFileIn(folder: string): string {
	return path.join(folder, process.platform === "win32" ? "rivet-engine.exe" : "rivet-engine");
}

/** True if a path exists and is not a broken link. */
export async function isPresent(file: string): Promise<boolean> {
	return await stat(file).then(
		() => true,
		() => false,
	);
}
