import { stat } from "node:fs/promises";
import path from "node:path";

/** The path of the engine in a folder that holds it under its own name, whether or not it is there. */
export function engineFileIn(folder: string): string {
	return path.join(folder, process.platform === "win32" ? "rivet-engine.exe" : "rivet-engine");
}

/** Whether there is anything at a path that leads somewhere. */
export async function isPresent(file: string): Promise<boolean> {
	return await stat(file).then(
		() => true,
		() => false,
	);
}
