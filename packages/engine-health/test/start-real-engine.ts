import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { freePortTriple, realEnginePath, temporaryFolder } from "@rivetkit/engine-testkit";

/** A real engine on an empty database. Disposing kills it and removes its files. */
export interface RealEngine extends AsyncDisposable {
	/** The guard's port. The api-peer port is 1 higher, the metrics port 10 higher. */
	readonly port: number;
}

/** Starts an engine, and does not wait until it is ready. */
export async function startRealEngine(): Promise<RealEngine> {
	const folder = await temporaryFolder();
	const port = await freePortTriple();
	const child = spawn(realEnginePath(), ["start"], {
		cwd: folder.path,
		stdio: "ignore",
		env: {
			RIVET__GUARD__HOST: "127.0.0.1",
			RIVET__GUARD__PORT: String(port),
			RIVET__API_PEER__HOST: "127.0.0.1",
			RIVET__API_PEER__PORT: String(port + 1),
			RIVET__METRICS__HOST: "127.0.0.1",
			RIVET__METRICS__PORT: String(port + 10),
			RIVET__FILE_SYSTEM__PATH: path.join(folder.path, "db"),
			RIVET__TELEMETRY__ENABLED: "false",
		},
	});
	const exited = once(child, "exit");
	return {
		port,
		async [Symbol.asyncDispose]() {
			child.kill("SIGKILL");
			await exited;
			await folder[Symbol.asyncDispose]();
		},
	};
}
