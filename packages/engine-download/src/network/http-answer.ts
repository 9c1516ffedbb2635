/** An answer whose body has yet to be read, or thrown away by `destroy`. */
export interface HttpAnswer {
	readonly status: number;
	/** By lower-case name. */
	readonly headers: Readonly<Record<string, string | undefined>>;
	readonly body: AsyncIterable<Uint8Array> & { destroy(): unknown };
}
