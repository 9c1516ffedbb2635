/** An answer whose body has not been read yet. The receiver reads the body, or throws it away by `destroy`. */
export interface HttpAnswer {
	readonly status: number;
	/** By lower-case name. */
	readonly headers: Readonly<Record<string, string | undefined>>;
	readonly body: AsyncIterable<Uint8Array> & { destroy(): unknown };
}
