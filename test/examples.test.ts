// Seen to fail: without the end of the engine in both the set-up's `teardown` and the exit of its process (it is left, with
// its files); without the augmentation of `ProvidedContext` (the types do not fit); with another version in the example.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, symlink } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { type TemporaryFolder, temporaryFolder } from "@rivetkit/engine-testkit";
import { afterAll, beforeAll, describe, it } from "vitest";
import { type Manifest, root } from "./support/workspace.ts";

const run = promisify(execFile);
const workspace: Manifest = JSON.parse(await readFile(path.join(root, "package.json"), "utf8"));

let temporary: TemporaryFolder;
let project: string;

/** As a user has it: copied elsewhere, with the packages that its manifest names and no others. */
beforeAll(async () => {
	temporary = await temporaryFolder("rivet example");
	project = path.join(temporary.path, "project");
	await cp(path.join(root, "examples/vitest"), project, { recursive: true });
	for (const name of Object.keys((await manifest()).devDependencies ?? {})) {
		const place = path.join(project, "node_modules", name);
		await mkdir(path.dirname(place), { recursive: true });
		await symlink(installed(name), place);
	}
});

afterAll(async () => {
	await temporary[Symbol.asyncDispose]();
});

describe.concurrent("B41 examples/vitest", { timeout: 120_000 }, () => {
	it("passes with one engine for its run, and leaves nothing behind", async ({ expect }) => {
		const vitest = path.join(project, "node_modules/vitest/vitest.mjs");
		const { stdout } = await run(process.execPath, [vitest, "run", "--no-color"], {
			cwd: project,
			timeout: 110_000,
			env: { PATH: process.env["PATH"], HOME: temporary.path, TMPDIR: temporary.path },
		});
		expect(stdout).toMatch(/Tests +3 passed \(3\)/);
		expect(await enginesIn(temporary.path)).toEqual([]);
		const [folder = ""] = (await readdir(temporary.path)).filter((name) => name.startsWith("rivet-engine-"));
		const left = await readdir(path.join(temporary.path, folder, "ephemeral"));
		expect(left.filter((name) => !name.startsWith("lock"))).toEqual([]);
	});

	it("is typed, what its tests get of the set-up too", async ({ expect }) => {
		const tsc = path.join(root, "node_modules/typescript/bin/tsc");
		const problems = await run(process.execPath, [tsc, "-p", "."], { cwd: project }).then(
			() => "",
			({ stdout }) => stdout,
		);
		expect(problems).toBe("");
	});

	it("wants the versions that it is tested with", async ({ expect }) => {
		const { devDependencies = {} } = await manifest();
		for (const name of ["vitest", "@rivetkit/engine-cli"]) {
			expect(devDependencies[name]).toBe(`^${workspace.devDependencies?.[name]}`);
		}
	});
});

async function manifest(): Promise<Manifest> {
	return JSON.parse(await readFile(path.join(project, "package.json"), "utf8"));
}

function installed(name: string): string {
	const own = path.join(root, "packages", name.replace("@rivetkit/", ""));
	return name.startsWith("@rivetkit/engine-") && existsSync(own)
		? own
		: path.join(root, "node_modules", name);
}

/** The processes that were given a database below a folder. */
async function enginesIn(folder: string): Promise<readonly string[]> {
	const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
	const variables = await Promise.all(
		pids.map((pid) => readFile(`/proc/${pid}/environ`, "utf8").catch(() => "")),
	);
	return pids.filter((_, index) => variables[index]?.includes(`RIVET__FILE_SYSTEM__PATH=${folder}/`));
}
