// The body of a fake engine. `createFakeEngine` puts a shebang and `const settings = {...}` before it.
const fs = require("node:fs");
const http = require("node:http");
const net = require("node:net");

const LIFETIME_MS = 120_000;
const { behaviour, reportPath, pidsPath } = settings;
const {
	runtime = "engine",
	version = "2.3.19",
	architecture,
	exit,
	signalSelf,
	healthyAfterMs = 0,
} = behaviour;

const args = process.argv.slice(2);
if (args.includes("--version")) {
	console.log(`Rivet ${version}`);
} else if (args.includes("start")) {
	start();
} else {
	console.error(`error: unrecognized command line '${args.join(" ")}'`);
	process.exitCode = 2;
}

function start() {
	setTimeout(() => process.exit(86), LIFETIME_MS);
	for (const signal of ["SIGTERM", "SIGINT"]) {
		process.on(signal, () => {
			if (!behaviour.ignoreSigterm) process.exit(0);
		});
	}
	fs.appendFileSync(pidsPath, `${process.pid}\n`);
	writeReport();
	if (exit || signalSelf) {
		if (!exit?.afterMs) return end();
		setTimeout(end, exit.afterMs);
	}
	serve();
}

function end() {
	if (exit?.stdout) fs.writeSync(1, exit.stdout);
	if (exit?.stderr) fs.writeSync(2, exit.stderr);
	if (!signalSelf) process.exit(exit.code);
	process.removeAllListeners(signalSelf);
	// Node survives the first SIGSEGV that no instruction of its own caused.
	setInterval(() => process.kill(process.pid, signalSelf), 5);
}

function serve() {
	const env = process.env;
	const guard = {
		service: "guard",
		host: env.RIVET__GUARD__HOST ?? "127.0.0.1",
		port: Number(env.RIVET__GUARD__PORT),
		handler: answerAsGuard,
	};
	const apiPeer = {
		service: "api_peer",
		host: env.RIVET__API_PEER__HOST ?? guard.host,
		port: Number(env.RIVET__API_PEER__PORT ?? guard.port + 1),
		handler: answerAsApiPeer,
	};
	const metrics = {
		service: "metrics",
		host: env.RIVET__METRICS__HOST ?? guard.host,
		port: Number(env.RIVET__METRICS__PORT ?? guard.port + 10),
		handler: answerAsMetrics,
	};
	if (!guard.port) fail("Error: this fake engine listens on no port by default; set RIVET__GUARD__PORT");
	for (const { service, host } of [guard, apiPeer, metrics]) {
		if (net.isIP(host) === 0) fail(`Error: ${service}.host: invalid IP address syntax`);
	}
	listen(apiPeer);
	listen(metrics);
	if (healthyAfterMs !== "never") setTimeout(() => listen(guard), healthyAfterMs);
}

// A service whose port is taken is tried again every second, only metrics ends the process: as in the real engine.
function listen(service) {
	const server = http.createServer(service.handler);
	server.on("error", (error) => {
		log(
			"error",
			`service crashed`,
			` service=${service.service} err="${error.code === "EADDRINUSE" ? "Address in use" : error.message}"`,
		);
		if (service.service === "metrics") process.exit(1);
		setTimeout(() => listen(service), 1000);
	});
	server.listen({ host: service.host, port: service.port }, () => {
		if (service.service === "guard") log("info", `HTTP server listening on ${service.host}:${service.port}`);
	});
}

function answerAsGuard(request, response) {
	const { pathname } = new URL(request.url, "http://guard");
	if (pathname === "/health") return sendJson(response, 200, health());
	if (pathname === "/metadata") return sendJson(response, 200, { runtime, version });
	if (pathname === "/namespaces") return sendJson(response, 200, { namespaces: [] });
	return sendNotFound(response);
}

function answerAsApiPeer(request, response) {
	const { pathname } = new URL(request.url, "http://api-peer");
	return pathname === "/health" ? sendJson(response, 200, health()) : sendNotFound(response);
}

function answerAsMetrics(_request, response) {
	response.writeHead(200, { "content-type": "text/plain" }).end("# TYPE fake_engine gauge\nfake_engine 1\n");
}

function health() {
	return { runtime, status: "ok", version, architecture };
}

function sendNotFound(response) {
	sendJson(response, 404, {
		group: "api",
		code: "not_found",
		message: "The requested resource was not found.",
	});
}

function sendJson(response, status, body) {
	response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function log(level, message, fields = "") {
	fs.writeSync(1, `ts=${new Date().toISOString()} level=${level} message="${message}"${fields}\n`);
}

function fail(message) {
	fs.writeSync(2, `${message}\n`);
	process.exit(1);
}

function writeReport() {
	const report = {
		pid: process.pid,
		ppid: process.ppid,
		argv: args,
		env: process.env,
		cwd: process.cwd(),
		descriptors: openDescriptors(),
		...sessionAndGroup(),
	};
	const partial = `${reportPath}.${process.pid}`;
	fs.writeFileSync(partial, JSON.stringify(report, null, "\t"));
	fs.renameSync(partial, reportPath);
}

function openDescriptors() {
	if (process.platform !== "linux") return [];
	return fs.readdirSync("/proc/self/fd").flatMap((name) => {
		try {
			return [{ fd: Number(name), target: fs.readlinkSync(`/proc/self/fd/${name}`) }];
		} catch {
			// The descriptor with which the folder itself was read.
			return [];
		}
	});
}

// The command name may contain blanks and parentheses, so the fields are counted after the last ")".
function sessionAndGroup() {
	if (process.platform !== "linux") return { session: -1, processGroup: -1 };
	const stat = fs.readFileSync("/proc/self/stat", "utf8");
	const [, , processGroup, session] = stat
		.slice(stat.lastIndexOf(")") + 2)
		.split(" ")
		.map(Number);
	return { session, processGroup };
}
