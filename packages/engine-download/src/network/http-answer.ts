/** An answer whose body has not been read yet. The receiver reads the body, or discards it with `destroy`. */
export interface HttpAnswer {
	readonly status: number;
	/** The header values by lower-case name. */
	readonly headers: Readonly<Record<string, string | undefined>>;
	readonly body: AsyncIterable<Uint8Array> & { destroy(): unknown };
}
