/** An address that the engine binds. `host` is an IP address without brackets, which the engine expects. */
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

/** Numbers that are added to the guard's port to get the other two ports, the same as in rivetkit. */
export const PORT_OFFSETS: { readonly apiPeer: 1; readonly metrics: 10 } = { apiPeer: 1, metrics: 10 };
