/** The place of an engine's data. A field of `postgres` that is left out is read from its environment variable. */
export type EngineStorage =
	/** A database in the instance's folder, for one engine. */
	| { readonly kind: "file-system" }
	| {
			readonly kind: "postgres";
			/** `postgresql://user:password@host:port/database`, with `sslmode` as a parameter. */
			readonly url?: string | undefined;
			readonly ssl?: PostgresSsl | undefined;
	  };

/** Files with certificates for PostgreSQL, in PEM format. */
export interface PostgresSsl {
	/** The certificate of the authority that issued the server's certificate. Not needed if the system already trusts it. */
	readonly rootCertPath?: string | undefined;
	/** The engine's own certificate, if the server requires a certificate. */
	readonly clientCertPath?: string | undefined;
	/** The private key for the engine's certificate. */
	readonly clientKeyPath?: string | undefined;
}

/** How the engines on one database reach each other. A field of `nats` that is left out is read from its environment variable. */
export type EngineMessaging =
	/** For a database that only one engine uses. */
	| { readonly kind: "memory" }
	| {
			readonly kind: "nats";
			/** Hosts with ports, such as `nats.internal:4222`. */
			readonly addresses?: readonly string[] | undefined;
			readonly username?: string | undefined;
			readonly password?: string | undefined;
	  };

/** The position of an engine among several. The engine's public URL is not here: see `LaunchOptions.publicUrl`. */
export interface EngineTopology {
	/** The number of the engine's datacenter, from 1 to 65535. @defaultValue 1 */
	readonly datacenterLabel?: number | undefined;
	/** The URL at which engines in other datacenters reach this engine's api-peer port (the port for other engines). @defaultValue the public URL with its port plus one */
	readonly peerUrl?: string | undefined;
}

/** When an engine counts as ready: `health`: when it answers. `database`: when its database also answers. */
export type Readiness = "health" | "database";

/**
 * Options for the database, the other engines, the admin token and readiness. All except `ready` can also come from
 * environment variables.
 */
export interface ClusterOptions {
	/** The place of the engine's data. @defaultValue the file system, in the folder of the instance */
	readonly storage?: EngineStorage | undefined;
	/** How several engines on one PostgreSQL database reach each other. @defaultValue memory, for one engine */
	readonly messaging?: EngineMessaging | undefined;
	/** The position of the engine among several. */
	readonly topology?: EngineTopology | undefined;
	/** The token that gives a caller full access. @defaultValue none: every caller has full access */
	readonly adminToken?: string | undefined;
	/** When the engine counts as ready. @defaultValue `health`; `database` with PostgreSQL */
	readonly ready?: Readiness | undefined;
}
