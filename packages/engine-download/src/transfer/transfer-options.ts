import type { HttpClient } from "../network/http-client.ts";
import type { TransferContext } from "../transfer-context.ts";

/** Everything that a transfer needs, except its place and its receiver. */
export interface TransferOptions {
	readonly client: HttpClient;
	readonly context: TransferContext;
	/** The largest size that the file may have. */
	readonly maximumBytes: number;
	/** The kind of file: an HTML page is refused as a binary. */
	readonly expects: "binary" | "text";
	/** Called once the missing size is known; throws if the disk has no room for it. */
	readonly requireRoom?: ((bytes: number) => Promise<void>) | undefined;
}
