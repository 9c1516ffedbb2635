/** An address that the engine binds. `host` is an IP literal without brackets, as the engine wants it. */
export interface BindAddress {
	readonly host: string;
	readonly port: number;
}

/** The three addresses that an engine binds. */
export interface EnginePorts {
	readonly guard: BindAddress;
	readonly apiPeer: BindAddress;
	readonly metrics: BindAddress;
}

/** The api-peer port is the guard's plus one, the metrics port the guard's plus ten, as in rivetkit. */
export const PORT_OFFSETS: { readonly apiPeer: 1; readonly metrics: 10 } = { apiPeer: 1, metrics: 10 };
