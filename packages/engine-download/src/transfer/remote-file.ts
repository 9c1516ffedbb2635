/** What is known of a file at one URL from the answers so far. */
export interface RemoteFile {
	readonly url: URL;
	/** What tells that the file is still the one that was begun. */
	validator: string | undefined;
	totalBytes: number | undefined;
	/** How often it was asked for. */
	attempts: number;
	/** How often it was begun or gone on with, for progress: one answer may begin it anew. */
	begun: number;
}
