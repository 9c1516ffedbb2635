import { createReadStream, writeSync } from "node:fs";
import { stat } from "node:fs/promises";
import http from "node:http";
import path from "node:path";
import { pipeline } from "node:stream/promises";

// Serves the files of a folder until its standard input ends or SIGTERM comes, and then prints how many bytes it has sent.
const [root = "", port] = process.argv.slice(2).map((argument) => JSON.parse(argument));
const server = http.createServer(async ({ url = "/" }, response) => {
	if (url === "/health") {
		response.end();
		return;
	}
	const file = path.join(root, new URL(url, "http://localhost").pathname);
	try {
		const { size } = await stat(file);
		response.writeHead(200, { "content-type": "application/octet-stream", "content-length": size });
		await pipeline(createReadStream(file, { highWaterMark: 256 * 1024 }), response);
	} catch {
		if (!response.headersSent) response.writeHead(404).end();
	}
});
/** @type {import("node:net").Socket[]} */
const connections = [];
server.on("connection", (socket) => connections.push(socket));
server.listen(port, "127.0.0.1");
process.on("SIGTERM", () => process.exit());
process.stdin.resume().on("end", () => process.exit());
process.on("exit", () => {
	const bytesSent = connections.reduce((sum, { bytesWritten }) => sum + bytesWritten, 0);
	writeSync(1, JSON.stringify({ bytesSent }));
});
