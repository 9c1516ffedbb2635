import type { HttpClient } from "../network/http-client.ts";
import type { TransferContext } from "../transfer-context.ts";

/** The inputs of a transfer except its place and its receiver. */
export interface TransferOptions {
	readonly client: HttpClient;
	readonly context: TransferContext;
	/** The maximum size of the file. */
	readonly maximumBytes: number;
	/** The kind of file: an HTML page is refused as a binary. */
	readonly expects: "binary" | "text";
	/** Called when the number of missing bytes is known; throws if the disk has no room for them. */
	readonly requireRoom?: ((bytes: number) => Promise<void>) | undefined;
}
