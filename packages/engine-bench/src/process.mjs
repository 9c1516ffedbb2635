import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { finallyDo } from "./clean-up.mjs";

/** The root of this repository, where npm packages are looked up from. */
export const root = fileURLToPath(new URL("../../../", import.meta.url));

/**
 * Returns the URL of a built entry of a package.
 *
 * @param {string} name
 * @param {string} [subpath]
 */
export function builtEntry(name, subpath = "index") {
	return new URL(`../../${name}/dist/${subpath}.js`, import.meta.url).href;
}

/** @param {string} name */
function inherited(name) {
	const value = process.env[name];
	return value === undefined ? {} : { [name]: value };
}

/** The temporary folder of measured processes. It is removed at the end, with their files, such as locks. */
export const temporary = mkdtempSync(path.join(tmpdir(), "rivet-bench-"));
finallyDo(async () => rmSync(temporary, { recursive: true, force: true }));

/** The variables of measured processes, without those that would change a measurement, and with a home of their own. */
export const environment = {
	PATH: process.env.PATH ?? "",
	HOME: temporary,
	TMPDIR: temporary,
	DO_NOT_TRACK: "1",
	...inherited("SystemRoot"),
	// Every start of Node reads the file that this variable names, which may take longer than a measurement.
	...inherited("NODE_EXTRA_CA_CERTS"),
};

/** Reads the monotonic clock of the machine, in milliseconds. All processes share this clock. */
export function clockMs() {
	return Number(process.hrtime.bigint()) / 1e6;
}

/**
 * Runs a program to its end.
 *
 * @param {string} file
 * @param {readonly string[]} args
 * @returns {Promise<{ readonly startedAt: number, readonly tookMs: number, readonly stdout: string }>}
 */
export async function runProgram(file, args) {
	const startedAt = clockMs();
	const child = spawn(file, args, { cwd: root, env: environment, stdio: ["ignore", "pipe", "inherit"] });
	const kill = finallyDo(async () => child.kill("SIGKILL"));
	let stdout = "";
	child.stdout.setEncoding("utf8").on("data", (chunk) => {
		stdout += chunk;
	});
	const closed = once(child, "close");
	const [code, signal] = await once(child, "exit");
	const tookMs = clockMs() - startedAt;
	await closed;
	await kill();
	if (code !== 0) throw new Error(`${file} ${args.join(" ")} ended with ${code ?? signal}.`);
	return { startedAt, tookMs, stdout };
}

/**
 * Runs a Node process to its end.
 *
 * @param {readonly string[]} args
 */
export async function runNode(args) {
	return await runProgram(process.execPath, args);
}

/**
 * Runs a program in `children`.
 *
 * @param {string} name
 * @param {unknown[]} args
 */
export async function runChild(name, ...args) {
	return await runNode(childArguments(name, args));
}

/**
 * Starts a program in `children`. Resolves at its first line, by which the program has loaded everything and waits for
 * `go`.
 *
 * @param {string} name
 * @param {unknown[]} args
 * @returns `outcome`: what it says at its end, as JSON.
 */
export async function waitingChild(name, ...args) {
	const child = spawn(process.execPath, childArguments(name, args), {
		cwd: root,
		env: environment,
		stdio: ["ignore", "pipe", "inherit"],
	});
	const kill = finallyDo(async () => child.kill("SIGKILL"));
	let stdout = "";
	child.stdout.setEncoding("utf8").on("data", (chunk) => {
		stdout += chunk;
	});
	await once(child.stdout, "data");
	const outcome = once(child, "close").then(async ([code]) => {
		await kill();
		if (code !== 0) throw new Error(`${name} ended with ${code}.`);
		return JSON.parse(stdout.slice(stdout.indexOf("{")));
	});
	return { outcome, go: () => child.kill("SIGUSR2") };
}

/**
 * Returns the arguments with which Node runs a program in `children`.
 *
 * @param {string} name
 * @param {readonly unknown[]} args
 */
export function childArguments(name, args) {
	return [
		fileURLToPath(new URL(`children/${name}.mjs`, import.meta.url)),
		...args.map((arg) => JSON.stringify(arg)),
	];
}
