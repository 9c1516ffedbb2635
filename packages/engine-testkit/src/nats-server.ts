import { writeFile } from "node:fs/promises";
import path from "node:path";
import { findProgram } from "./cluster-programs.ts";
import { freePortTriple } from "./free-port-triple.ts";
import { guardFolder } from "./guardian.ts";
import { type ServerProcess, serverProcess } from "./server-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** The credentials that clients need. */
export interface NatsOptions {
	/** @defaultValue none are needed */
	readonly username?: string;
	/** The password for `username`. */
	readonly password?: string;
}

/** A NATS server. Disposing ends it and removes its files. */
export interface NatsServer extends ServerProcess, AsyncDisposable {
	/** Host and port in the form of the engine's configuration, such as `127.0.0.1:14222`. */
	readonly address: string;
	/** The port, which stays the same when the server is stopped and started again. */
	readonly port: number;
}

/**
 * Starts a real NATS server on 127.0.0.1. The server ends with this process at the latest.
 *
 * @throws Error if NATS is not installed; see `clusterParts`
 */
export async function startNats({ username, password = "" }: NatsOptions = {}): Promise<NatsServer> {
	const command = findProgram("nats-server");
	if (command === undefined) throw new Error("NATS is not installed; apt-get install nats-server");
	const port = await freePortTriple();
	const address = `127.0.0.1:${port}`;
	const { path: folder } = await temporaryFolder("rivet nats");
	const guardian = guardFolder(folder);
	// Every user can read a command line, and would find the password there.
	const configuration = path.join(folder, "nats.json");
	const server = serverProcess(
		{
			command,
			args: ["--config", configuration],
			folder,
			stopSignal: "SIGINT",
			killSignal: "SIGKILL",
			// The server logs this after it has bound its port.
			isReady: async (_pid, log) => log.includes("Server is ready"),
		},
		guardian,
	);
	try {
		const authorization = username === undefined ? {} : { authorization: { user: username, password } };
		await writeFile(configuration, JSON.stringify({ listen: address, ...authorization }), { mode: 0o600 });
		await server.start();
	} catch (error) {
		await guardian[Symbol.asyncDispose]();
		throw error;
	}
	return {
		...server,
		address,
		port,
		async [Symbol.asyncDispose]() {
			await server.kill();
			await guardian[Symbol.asyncDispose]();
		},
	};
}
