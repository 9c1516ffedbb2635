import net from "node:net";

/** True if a connection to this port of 127.0.0.1 comes about. */
export async function accepts(port: number): Promise<boolean> {
	return await new Promise((resolve) => {
		const socket = net.connect(port, "127.0.0.1", () => {
			socket.destroy();
			resolve(true);
		});
		socket.on("error", () => resolve(false));
	});
}
