/**
 * The address of a server that an engine needs, PostgreSQL or NATS: a host without brackets and a port, or the path of a
 * socket.
 */
export type ServerAddress = { readonly host: string; readonly port: number } | { readonly path: string };
