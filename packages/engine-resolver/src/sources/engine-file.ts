import { stat } from "node:fs/promises";
import path from "node:path";

/** Returns the path that the engine has in a folder under its own name. The file need not exist. */
export function engineFileIn(folder: string): string {
	return path.join(folder, process.platform === "win32" ? "rivet-engine.exe" : "rivet-engine");
}

/** True if a path exists and is no broken link. */
export async function isPresent(file: string): Promise<boolean> {
	return await stat(file).then(
		() => true,
		() => false,
	);
}
