import net from "node:net";
import { type BindAddress, type EnginePorts, requireOption } from "@rivetkit/engine-core";
import { requireAddresses } from "../require-arguments.ts";
import { type PortHolder, portHolder } from "./port-holder.ts";

/** The engine's use of a port. */
export type PortRole = "guard" | "api-peer" | "metrics";

/** An address that an engine is to bind, and its use. */
export interface WantedPort extends BindAddress {
	readonly role: PortRole;
}

/** A port that cannot be bound now. */
export interface TakenPort extends WantedPort {
	/** The system's code for the reason: `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`. */
	readonly code: string;
	/** The process that holds the port; undefined if the system does not report it. */
	readonly holder: PortHolder | undefined;
}

/**
 * Finds the ports that cannot be bound now, by binding all of them at once. An engine would not report this: if its
 * guard or api-peer port is taken, it goes on running, half broken.
 *
 * @throws EngineError `invalid_option`.
 */
export async function checkPorts(wanted: readonly WantedPort[]): Promise<readonly TakenPort[]> {
	requireAddresses(wanted);
	for (const { port } of wanted) requireOption("port", isBindable(port), "a port from 1 to 65535");
	const attempts = await Promise.all(wanted.map(bind));
	await Promise.all(attempts.map(({ server }) => server && new Promise((resolve) => server.close(resolve))));
	const failed = attempts.filter((attempt) => attempt.code !== undefined);
	return await Promise.all(
		failed.map(async ({ port, code = "" }) => ({
			...port,
			code,
			holder: code === "EADDRINUSE" ? await portHolder(port.port) : undefined,
		})),
	);
}

/**
 * Finds the ports of an engine that cannot be bound now.
 *
 * @throws EngineError `invalid_option`.
 */
export async function checkEnginePorts(ports: EnginePorts): Promise<readonly TakenPort[]> {
	requireOption("ports", typeof ports === "object" && ports !== null, "the ports of an engine");
	return await checkPorts([
		{ role: "guard", ...ports.guard },
		{ role: "api-peer", ...ports.apiPeer },
		{ role: "metrics", ...ports.metrics },
	]);
}

function isBindable(port: number): boolean {
	return Number.isInteger(port) && port >= 1 && port <= 65535;
}

async function bind(
	port: WantedPort,
): Promise<{ readonly port: WantedPort; readonly server?: net.Server; readonly code?: string }> {
	return await new Promise((resolve) => {
		const server = net.createServer((socket) => socket.destroy());
		server.once("error", (error: NodeJS.ErrnoException) =>
			resolve({ port, code: error.code ?? error.message }),
		);
		server.listen({ host: port.host, port: port.port, exclusive: true }, () => resolve({ port, server }));
	});
}
