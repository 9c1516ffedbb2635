import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { finallyDo } from "./clean-up.mjs";
import { firstAnswerAt } from "./first-answer.mjs";
import { freePort } from "./ports.mjs";
import { childArguments, environment, temporary } from "./process.mjs";

/**
 * A server of files on this machine.
 *
 * @typedef {object} StaticServer
 * @property {string} url
 * @property {() => Promise<number>} stop - Ends it; resolves with how many bytes it has sent, headers and all.
 */

/** The name of the server: `nginx/1.22.1` where nginx is in PATH and new enough, else `Node`. */
export const serverName = nginxVersion() ?? "Node";

/**
 * Serves the files of a folder on a loopback port.
 *
 * @param {string} root
 * @returns {Promise<StaticServer>}
 */
export async function startStaticServer(root) {
	const folder = await mkdtemp(path.join(temporary, "server-"));
	const port = await freePort();
	const server = serverName === "Node" ? startNode(root, port) : await startNginx(root, port, folder);
	const stopped = new AbortController();
	const exited = once(server.child, "exit").finally(() => stopped.abort());
	const end = async () => {
		server.child.kill();
		await exited;
	};
	const stop = finallyDo(async () => {
		await end();
		await rm(folder, { recursive: true, force: true });
	});
	await firstAnswerAt(port, stopped.signal);
	return {
		url: `http://127.0.0.1:${port}`,
		stop: async () => {
			await end();
			const bytesSent = await server.bytesSent();
			await stop();
			return bytesSent;
		},
	};
}

/**
 * @param {string} root
 * @param {number} port
 */
function startNode(root, port) {
	// The server ends when its standard input ends, and that ends with this process.
	const child = spawn(process.execPath, childArguments("static-server", [root, port]), {
		env: environment,
		stdio: ["pipe", "pipe", "inherit"],
	});
	let stdout = "";
	child.stdout.setEncoding("utf8").on("data", (chunk) => {
		stdout += chunk;
	});
	const closed = once(child, "close");
	return {
		child,
		bytesSent: async () => {
			await closed;
			return JSON.parse(stdout).bytesSent;
		},
	};
}

/**
 * Starts nginx as one process, with the user of this process, and writing into its folder alone.
 *
 * @param {string} root
 * @param {number} port
 * @param {string} folder
 */
async function startNginx(root, port, folder) {
	const log = path.join(folder, "sent.log");
	const configuration = path.join(folder, "nginx.conf");
	const temporaries = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
	await writeFile(
		configuration,
		`daemon off;
master_process off;
pid "${folder}/nginx.pid";
error_log stderr warn;
events {}
http {
	log_format sent "$bytes_sent";
	access_log "${log}" sent;
	sendfile on;
	${temporaries.map((name) => `${name}_temp_path "${folder}/${name}";`).join("\n\t")}
	server {
		listen 127.0.0.1:${port};
		root "${root}";
		location = /health { access_log off; return 200; }
	}
}
`,
	);
	const args = ["-e", "stderr", "-p", folder, "-c", configuration];
	const child = spawn("nginx", args, { env: environment, stdio: ["ignore", "ignore", "inherit"] });
	return {
		child,
		bytesSent: async () => {
			const lines = (await readFile(log, "utf8")).split("\n");
			return lines.reduce((sum, line) => sum + Number(line), 0);
		},
	};
}

/** Reads the version of nginx. From 1.19.5 on `-e` keeps it from opening a log of the system. */
function nginxVersion() {
	const { status, stderr } = spawnSync("nginx", ["-e", "stderr", "-v"], {
		env: environment,
		encoding: "utf8",
	});
	return status === 0 ? /nginx\/[\d.]+/.exec(stderr)?.[0] : undefined;
}
