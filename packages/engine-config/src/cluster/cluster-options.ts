/** The place of an engine's data. PostgreSQL's settings that are left out come from their variables; see the README. */
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
	/** The certificate of the authority that issued the server's, unless the system knows the authority. */
	readonly rootCertPath?: string | undefined;
	/** The engine's certificate, if the server asks for one. */
	readonly clientCertPath?: string | undefined;
	/** The key of the engine's certificate. */
	readonly clientKeyPath?: string | undefined;
}

/** The way in which the engines of one database reach each other. NATS's settings that are left out come from their variables. */
export type EngineMessaging =
	/** For a database with one engine. */
	| { readonly kind: "memory" }
	| {
			readonly kind: "nats";
			/** Hosts with ports, such as `nats.internal:4222`. */
			readonly addresses?: readonly string[] | undefined;
			readonly username?: string | undefined;
			readonly password?: string | undefined;
	  };

/** The place of an engine among others. Its public URL is the option `publicUrl`. */
export interface EngineTopology {
	/** The number of the engine's datacenter, from 1 to 65535. @defaultValue 1 */
	readonly datacenterLabel?: number | undefined;
	/** The URL at which engines of other datacenters reach the api-peer port. @defaultValue the public URL's port plus one */
	readonly peerUrl?: string | undefined;
}

/** When an engine counts as ready: once the engine answers, or once its database answers, too. */
export type Readiness = "health" | "database";

/** Options that say which servers an engine uses, and which token it wants. Each may come from variables, too. */
export interface ClusterOptions {
	/** The place of the engine's data. @defaultValue the file system, in the folder of the instance */
	readonly storage?: EngineStorage | undefined;
	/** The way in which several engines on one PostgreSQL database reach each other. @defaultValue memory, for one engine */
	readonly messaging?: EngineMessaging | undefined;
	/** The place of the engine among others. */
	readonly topology?: EngineTopology | undefined;
	/** The token that gives a caller full access. @defaultValue none: all callers have full access */
	readonly adminToken?: string | undefined;
	/** When the engine counts as ready. @defaultValue `health`; `database` with PostgreSQL */
	readonly ready?: Readiness | undefined;
}
