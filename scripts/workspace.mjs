import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The folder of this checkout. */
export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const stampPath = path.join(root, ".cache", "built");
const commandLine = builtEntry("engine-manager-cli");

/** Installs and builds what the command line needs, unless nothing has changed since that was last done. */
export function ensureBuilt() {
	const stamp = sourcesStamp();
	const wasBuilt = existsSync(stampPath) && readFileSync(stampPath, "utf8") === stamp;
	const needed = [path.join(root, "node_modules", ".modules.yaml"), ...entriesNeededBy("engine-manager-cli")];
	if (wasBuilt && needed.every((file) => existsSync(file))) return;
	install();
	console.error("Building ...");
	runPnpm([
		"exec",
		"turbo",
		"run",
		"build",
		"--filter=@rivetkit/engine-manager-cli...",
		"--output-logs=errors-only",
	]);
	mkdirSync(path.dirname(stampPath), { recursive: true });
	writeFileSync(stampPath, stamp);
}

/**
 * Installs, builds, and runs the tests of these filters with all their rounds, by setting the variable to `full`. With
 * `--help` it only prints the usage.
 */
export function runInFull(usage, variable, filters) {
	if (process.argv.includes("--help")) {
		console.log(usage);
		return;
	}
	install();
	runPnpm(["exec", "turbo", "run", "build", "--output-logs=errors-only"]);
	process.env[variable] = "full";
	runPnpm(["exec", "vitest", "run", ...filters], process.stdout);
}

/** Installs exactly what the lockfile says. */
export function install() {
	console.error("Installing dependencies ...");
	runPnpm(["install", "--frozen-lockfile", "--reporter=append-only"]);
}

/** Installs one package from npm in a folder of its own, unless it is there. */
export function installFromNpm(specifier, folder) {
	// npm writes the lock file last.
	if (existsSync(path.join(folder, "package-lock.json"))) return;
	console.error(`Installing ${specifier} ...`);
	mkdirSync(folder, { recursive: true });
	writeFileSync(path.join(folder, "package.json"), '{ "private": true }\n');
	// Dependencies' scripts would build what is not used here.
	const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--cache", path.join(root, ".cache", "npm")];
	const { status, error } = spawnSync("npm", ["install", specifier, ...flags], {
		cwd: folder,
		stdio: ["ignore", process.stderr, process.stderr],
		shell: process.platform === "win32",
	});
	if (status === 0) return;
	console.error(
		`\nerror: ${specifier} could not be installed${error === undefined ? "" : `: ${error.message}`}`,
	);
	process.exit(status ?? 1);
}

/** Runs the pinned pnpm, which need not be installed. Its output goes to standard error. If it fails, this process ends. */
export function runPnpm(args, stdout = process.stderr) {
	const { command, options } = pnpm();
	const stdio = ["ignore", stdout, process.stderr];
	const { status, error } = spawnSync("npx", [...command, ...args], { ...options, stdio });
	if (status === 0) return;
	console.error(`\nerror: pnpm ${args.join(" ")} failed${error === undefined ? "" : `: ${error.message}`}`);
	process.exit(status ?? 1);
}

/**
 * Starts the pinned pnpm. Resolves at its end, with its output unless that is inherited.
 */
export async function startPnpm(args, output = "pipe") {
	const { command, options } = pnpm();
	const child = spawn("npx", [...command, ...args], { ...options, stdio: ["ignore", output, output] });
	const chunks = [];
	for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => chunks.push(chunk));
	return await new Promise((resolve) => {
		child.once("error", ({ message }) => resolve({ isFailed: true, output: message }));
		child.once("close", (code) =>
			resolve({ isFailed: code !== 0, output: Buffer.concat(chunks).toString() }),
		);
	});
}

/** Returns what `npx` needs to run the pinned pnpm: the arguments before pnpm's own, and the options of the process. */
function pnpm() {
	const { packageManager } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
	const env = {
		...process.env,
		TURBO_TELEMETRY_DISABLED: "1",
		TURBO_CONFIG_DIR_PATH: path.join(root, ".cache", "turbo"),
	};
	const options = { cwd: root, env, shell: process.platform === "win32" };
	return { command: ["--yes", packageManager], options };
}

/** Runs `rivet-enginectl` in this process and sets its exit code. */
export async function runCommandLine(args) {
	const { runCommandLine: run } = await import(pathToFileURL(commandLine).href);
	const interrupt = new AbortController();
	for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143 })) {
		process.once(signal, () => {
			process.exitCode = code;
			interrupt.abort(new Error(`Interrupted by ${signal}.`));
		});
	}
	const { stdout, stderr, env } = process;
	// The reader of a pipe may leave early, as `head` does; the engine's start goes on.
	for (const stream of [stdout, stderr]) stream.on("error", () => {});
	const io = { stdout, stderr, environment: env, signal: interrupt.signal, stopCommand: "npm stop" };
	const code = await run(args, io);
	if (!interrupt.signal.aborted) process.exitCode = code;
}

function builtEntry(name) {
	return path.join(root, "packages", name, "dist", "index.js");
}

/** Lists the built entries of a package and of all packages of the workspace that it needs. */
function entriesNeededBy(name, found = new Set()) {
	if (found.has(builtEntry(name))) return found;
	found.add(builtEntry(name));
	const { dependencies = {} } = JSON.parse(
		readFileSync(path.join(root, "packages", name, "package.json"), "utf8"),
	);
	for (const dependency of Object.keys(dependencies).filter((one) => one.startsWith("@rivetkit/"))) {
		entriesNeededBy(dependency.replace("@rivetkit/", ""), found);
	}
	return found;
}

/** Returns a digest of all files that installing and building depend on. */
function sourcesStamp() {
	const packages = readdirSync(path.join(root, "packages")).map((name) => path.join("packages", name));
	const files = [
		...[
			"pnpm-lock.yaml",
			"pnpm-workspace.yaml",
			"package.json",
			"turbo.json",
			"tsconfig.base.json",
			"tsup.base.ts",
		],
		...packages.flatMap((folder) =>
			["package.json", "tsup.config.ts"].map((name) => path.join(folder, name)),
		),
		...packages.flatMap((folder) => sourceFiles(path.join(folder, "src"))),
	];
	const hash = createHash("sha256").update(process.version);
	for (const file of files.filter((name) => existsSync(path.join(root, name)))) {
		hash.update(`\0${file}\0`).update(readFileSync(path.join(root, file)));
	}
	return hash.digest("hex");
}

function sourceFiles(folder) {
	if (!existsSync(path.join(root, folder))) return [];
	return readdirSync(path.join(root, folder), { recursive: true })
		.map((name) => path.join(folder, name))
		.filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
		.sort();
}
