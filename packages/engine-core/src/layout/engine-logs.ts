/** The files that an engine's output goes to. */
export interface EngineLogs {
	readonly stdout: string;
	readonly stderr: string;
}
