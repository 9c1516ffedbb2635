import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chown, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { postgresPrograms } from "./cluster-programs.ts";
import { freePortTriple } from "./free-port-triple.ts";
import { guardFolder } from "./guardian.ts";
import { type Account, plainEnvironment, type ServerProcess, serverProcess } from "./server-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const run = promisify(execFile);

/** A PostgreSQL server with an empty cluster of its own. Disposing ends it and removes its files. */
export interface PostgresServer extends ServerProcess, AsyncDisposable {
	readonly host: string;
	/** The port, which stays the same when the server is stopped and started again. */
	readonly port: number;
	/** The name of a superuser. */
	readonly user: string;
	/** The password, which contains characters that must be escaped in a URL. */
	readonly password: string;
	/** The database that exists from the beginning. */
	readonly database: string;
	/** The URL of `database`, with the user and the escaped password. */
	readonly url: string;
	/** Creates an empty database, and returns its URL. */
	createDatabase(name: string): Promise<string>;
	/** Runs SQL, and returns the rows, one per line, with `|` between the columns. */
	query(sql: string, options?: { readonly database?: string }): Promise<string>;
	/** Ends the server in its "fast" mode: connections are cut, committed data is kept. */
	stop(): Promise<void>;
}

/**
 * Makes a cluster and starts a real PostgreSQL server on it, on 127.0.0.1 only. Nothing is synced to the disk. If this
 * process runs as root, the server runs as the user `postgres`, since PostgreSQL refuses root. The server ends with this
 * process at the latest.
 *
 * @throws Error if PostgreSQL is not installed; see `clusterParts`
 */
export async function startPostgres(): Promise<PostgresServer> {
	const programs = postgresPrograms();
	if (programs === undefined) throw new Error("PostgreSQL is not installed; apt-get install postgresql");
	const account = process.getuid?.() === 0 ? await accountOf("postgres") : undefined;
	const [host, port, user, database] = ["127.0.0.1", await freePortTriple(), "rivet", "postgres"];
	const password = `%41 p@ss:/?#[]&+=${randomBytes(12).toString("base64url")}`;
	const { path: folder } = await temporaryFolder("rivet postgres");
	const guardian = guardFolder(folder);
	const data = path.join(folder, "data");
	const server = serverProcess(
		{
			command: path.join(programs, "postgres"),
			args: ["-D", data, "-h", host, "-p", String(port), ...SETTINGS.flatMap((setting) => ["-c", setting])],
			folder,
			account,
			stopSignal: "SIGINT",
			// After a SIGKILL the server's children would end only some time later.
			killSignal: "SIGQUIT",
			isReady: (pid) => saysReady(path.join(data, "postmaster.pid"), pid),
		},
		guardian,
	);
	const urlOf = (name: string): string =>
		`postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${encodeURIComponent(name)}`;
	const ask = async (program: string, args: readonly string[]): Promise<string> => {
		const connection = ["--host", host, "--port", String(port), "--username", user, "--no-password"];
		const env = { ...plainEnvironment(), PGPASSWORD: password };
		return (await run(path.join(programs, program), [...connection, ...args], { env })).stdout.trimEnd();
	};

	try {
		if (account !== undefined) await chown(folder, account.uid, account.gid);
		await createCluster({ programs, folder, data, user, password, account });
		await server.start();
	} catch (error) {
		await guardian[Symbol.asyncDispose]();
		throw error;
	}
	return {
		...server,
		host,
		port,
		user,
		password,
		database,
		url: urlOf(database),
		async createDatabase(name) {
			await ask("createdb", ["--maintenance-db", database, name]);
			return urlOf(name);
		},
		query: (sql, options = {}) =>
			ask("psql", [
				...["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1"],
				...["--dbname", options.database ?? database, "--command", sql],
			]),
		async [Symbol.asyncDispose]() {
			// The data is thrown away, so the server need not shut down cleanly.
			await server.kill();
			await guardian[Symbol.asyncDispose]();
		},
	};
}

/** Settings that keep all files of the server in its folder: no socket elsewhere, no shared memory in /dev/shm. */
const SETTINGS = ["unix_socket_directories=", "dynamic_shared_memory_type=mmap", "fsync=off"];

interface NewCluster {
	readonly programs: string;
	readonly folder: string;
	readonly data: string;
	readonly user: string;
	readonly password: string;
	readonly account: Account | undefined;
}

async function createCluster({ programs, folder, data, user, password, account }: NewCluster): Promise<void> {
	const passwordFile = path.join(folder, "password");
	await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
	if (account !== undefined) await chown(passwordFile, account.uid, account.gid);
	const access = ["--username", user, "--pwfile", passwordFile, "--auth", "scram-sha-256"];
	const args = ["--pgdata", data, ...access, "--locale", "C", "--encoding", "UTF8", "--no-sync"];
	await run(path.join(programs, "initdb"), args, { cwd: folder, env: plainEnvironment(), ...account });
}

/** Reads `postmaster.pid`: the first line is the pid of its writer, which may be dead by now, the eighth the state. */
async function saysReady(file: string, pid: number): Promise<boolean> {
	const lines = (await readFile(file, "utf8").catch(() => "")).split("\n");
	return lines[0] === String(pid) && lines[7]?.trim() === "ready";
}

async function accountOf(name: string): Promise<Account> {
	const users = (await readFile("/etc/passwd", "utf8")).split("\n").map((line) => line.split(":"));
	const found = users.find(([user]) => user === name);
	if (found === undefined) throw new Error(`PostgreSQL refuses root, and there is no user '${name}'.`);
	return { uid: Number(found[2]), gid: Number(found[3]) };
}
