import type { HttpClient } from "../network/http-client.ts";
import type { TransferContext } from "../transfer-context.ts";

/** What a transfer needs beside its place. */
export interface TransferOptions {
	readonly client: HttpClient;
	readonly context: TransferContext;
	/** The most that the file may have. */
	readonly maximumBytes: number;
	/** What the file should be, for errors. */
	readonly expects: "binary" | "text";
	/** Asked once the size is known; throws if there is no room for that much. */
	readonly requireRoom?: ((bytes: number) => Promise<void>) | undefined;
}
