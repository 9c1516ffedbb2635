/** Where an engine keeps its data. What is left out of PostgreSQL's settings comes from its variable; see the README. */
export type EngineStorage =
	/** A database of its own in the instance's folder, for one engine. */
	| { readonly kind: "file-system" }
	| {
			readonly kind: "postgres";
			/** `postgresql://user:password@host:port/database`, with `sslmode` as a parameter. */
			readonly url?: string | undefined;
			readonly ssl?: PostgresSsl | undefined;
	  };

/** Certificates for PostgreSQL, each a file in PEM format. */
export interface PostgresSsl {
	/** Of whoever vouches for the server's certificate, where the system does not know them. */
	readonly rootCertPath?: string | undefined;
	/** Of the engine, where the server asks for one. */
	readonly clientCertPath?: string | undefined;
	readonly clientKeyPath?: string | undefined;
}

/** How the engines of one database reach each other. What is left out of NATS's settings comes from its variable. */
export type EngineMessaging =
	/** They do not: there is one. */
	| { readonly kind: "memory" }
	| {
			readonly kind: "nats";
			/** Each a host and a port, such as `nats.internal:4222`. */
			readonly addresses?: readonly string[] | undefined;
			readonly username?: string | undefined;
			readonly password?: string | undefined;
	  };

/** What an engine tells others about its place. Its public URL is the option `publicUrl`. */
export interface EngineTopology {
	/** The number of its datacenter, from 1 to 65535. @defaultValue 1 */
	readonly datacenterLabel?: number | undefined;
	/** Where engines of other datacenters reach its api-peer port. @defaultValue the public URL's port plus one */
	readonly peerUrl?: string | undefined;
}

/** When an engine counts as ready: when it answers, or when its database does as well. */
export type Readiness = "health" | "database";

/** Options that say which servers an engine uses, and who may use it. Each may come from variables too. */
export interface ClusterOptions {
	/** Where its data is. @defaultValue the file system, in the folder of the instance */
	readonly storage?: EngineStorage | undefined;
	/** How several engines on one PostgreSQL database reach each other. @defaultValue memory: there is one */
	readonly messaging?: EngineMessaging | undefined;
	/** What it tells others about its place, beside `publicUrl`. */
	readonly topology?: EngineTopology | undefined;
	/** The token with which a caller may do everything. @defaultValue none: whoever reaches the guard may */
	readonly adminToken?: string | undefined;
	/** When it counts as ready. @defaultValue `health`; `database` with PostgreSQL */
	readonly ready?: Readiness | undefined;
}
