/** The facts about the file at one URL that the answers so far have shown. */
export interface RemoteFile {
	readonly url: URL;
	/** The `If-Range` for the next request, with which the server checks that the file has not changed; undefined for none. */
	validator: string | undefined;
	totalBytes: number | undefined;
	/** The number of requests for the file. */
	attempts: number;
	/**
	 * The number of attempts that the progress shows. An answer that restarts the file counts as another attempt, so this
	 * can be higher than the number of requests.
	 */
	starts: number;
}
