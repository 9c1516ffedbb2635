/** Paths of the files that hold an engine's output. */
export interface EngineLogs {
	readonly stdout: string;
	readonly stderr: string;
}
