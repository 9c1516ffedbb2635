/** An address that the engine binds. `host` is an IP literal without brackets, as the engine wants it. */
export interface BindAddress {
	readonly host: string;
	readonly port: number;
}
