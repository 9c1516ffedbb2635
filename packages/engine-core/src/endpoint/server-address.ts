/** The address at which a server accepts connections: a host without brackets and a port, or the path of a socket. */
export type ServerAddress = { readonly host: string; readonly port: number } | { readonly path: string };
