/** An address that the engine binds. `host` is an IP literal without brackets, as the engine expects it. */
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

/** Distances of the other two ports from the guard's port, the same as in rivetkit. */
export const PORT_OFFSETS: { readonly apiPeer: 1; readonly metrics: 10 } = { apiPeer: 1, metrics: 10 };
