/** Everything that is known about the file at one URL from the answers so far. */
export interface RemoteFile {
	readonly url: URL;
	/** The `If-Range` by which the server tells that the file has not changed since; undefined without one. */
	validator: string | undefined;
	totalBytes: number | undefined;
	/** The number of requests for the file. */
	attempts: number;
	/**
	 * The number of attempts that progress shows. It is higher than that of requests where an answer started the file
	 * over.
	 */
	starts: number;
}
