import { chmod, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { realEnginePath } from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import { type Sandbox, sandbox } from "../../../engine-lifecycle/test/sandbox.ts";
import { runBuilt as run, target } from "../tool.ts";
import { foreground } from "./foreground.ts";

// Seen to fail with listeners that are exchanged for others, with a signal that is ignored before the spawn, and with a
// call of the binary that goes on after the signal.

const SIGNALS = [
	["SIGTERM", 143],
	["SIGINT", 130],
] as const;

/** Returns the flag of Node for a program that sends the tool a signal as soon as the tool listens for that signal. */
function whenHeard(signal: NodeJS.Signals, times = 1): string {
	return preload(`
		for (const method of ["on", "once"]) {
			const listen = process[method];
			process[method] = (name, listener) => {
				listen.call(process, name, listener);
				if (name !== ${JSON.stringify(signal)}) return process;
				Object.assign(process, { [method]: listen });
				for (let sent = 0; sent < ${times}; sent++) process.kill(process.pid, name);
				return process;
			};
		}
	`);
}

/** Returns the flag of Node for a program that sends the tool a signal when it has just spawned a child with its terminal. */
function whenSpawned(signal: NodeJS.Signals): string {
	return preload(`
		import childProcess from "node:child_process";
		import module from "node:module";
		const { spawn } = childProcess;
		childProcess.spawn = (file, args, options) => {
			const child = spawn(file, args, options);
			if (options.stdio === "inherit") process.kill(process.pid, ${JSON.stringify(signal)});
			return child;
		};
		module.syncBuiltinESMExports();
	`);
}

function preload(program: string): string {
	return `--import=data:text/javascript,${encodeURIComponent(program)}`;
}

/**
 * Writes a program that stands in for the engine: asked for its configuration, it sends the asking tool a signal, and
 * answers as the engine does. It records every other command, and outlives the tool.
 */
async function asked(box: Sandbox, signal: NodeJS.Signals) {
	const [file, tokenFile, notes] = ["rivet-engine", "token", "notes"].map((name) =>
		path.join(box.folder, name),
	) as [string, string, string];
	const lines = [
		"#!/bin/sh",
		'case "$*" in',
		'--version) echo "Rivet 2.3.19"; exit ;;',
		`*"config show") kill -s ${signal.slice(3)} "$PPID" ;;`,
		`*) echo "$*" >>'${notes}'; exec sleep 5 ;;`,
		"esac",
		`exec '${realEnginePath()}' "$@"`,
	];
	await writeFile(file, `${lines.join("\n")}\n`);
	await chmod(file, 0o755);
	// Only with a setting such as a token does the tool ask the binary how it understands its configuration.
	await writeFile(tokenFile, "some-admin-token\n", { mode: 0o600 });
	return {
		args: ["--binary", file, "--admin-token-file", tokenFile],
		notes: async () => await readFile(notes, "utf8").catch(() => ""),
	};
}

describe("B42 an early signal to rivet-enginectl exec", () => {
	it.each(SIGNALS)(
		"%s during its preparation ends the tool with %i, and no child is started",
		async (signal, code) => {
			await using box = await sandbox();
			const { args, notes } = await asked(box, signal);
			const ended = await run(box, ["exec", ...target(box), ...args, "--", "any"]);
			expect(await notes()).toBe("");
			expect(ended).toEqual({ code, stdout: "", stderr: `error: Interrupted by ${signal}.\n` });
		},
	);

	it.each(SIGNALS)("%s ends the tool with %i as soon as it listens", async (signal, code) => {
		await using box = await sandbox();
		const ended = await run(box, ["exec", ...target(box), "--", "config", "show"], {
			NODE_OPTIONS: whenHeard(signal),
		});
		expect(ended).toEqual({ code, stdout: "", stderr: `error: Interrupted by ${signal}.\n` });
	});

	it.each(SIGNALS)(
		"%s just after the spawn is passed on, and ends the child with %i",
		async (signal, code) => {
			await using box = await sandbox();
			const file = path.join(box.folder, "rivet-engine");
			await writeFile(file, '#!/bin/sh\n[ "$1" = --version ] && echo "Rivet 2.3.19" && exit\nexec sleep 5\n');
			await chmod(file, 0o755);
			const ended = await run(box, ["exec", ...target(box), "--binary", file, "--", "wait"], {
				NODE_OPTIONS: whenSpawned(signal),
			});
			expect(ended).toEqual({ code, stdout: "", stderr: "" });
		},
	);
});

describe("B42 an early signal to rivet-enginectl run", () => {
	it.each(SIGNALS)(
		"%s during its preparation ends the tool with %i, and no engine is started",
		async (signal, code) => {
			await using box = await sandbox();
			const { args, notes } = await asked(box, signal);
			await using engine = foreground(box, { args });
			expect(await engine.closed).toBe(code);
			expect(engine.stderr()).toContain(`interrupted by ${signal}`);
			expect(await notes()).toBe("");
		},
	);

	it.each(SIGNALS)("%s ends the tool with %i as soon as it listens", async (signal, code) => {
		await using box = await sandbox();
		await using engine = foreground(box, { variables: { NODE_OPTIONS: whenHeard(signal) } });
		const ended = engine.ready().then(
			() => "It became ready.",
			() => engine.closed,
		);
		expect(await ended).toBe(code);
		expect(engine.stderr()).toContain(`interrupted by ${signal}`);
		expect(await box.engines()).toEqual([]);
	});
});

describe("B42 an early signal to another command", () => {
	it.each(SIGNALS)("%s ends the tool with %i", async (signal, code) => {
		await using box = await sandbox();
		const ended = await run(box, ["wait", ...target(box)], { NODE_OPTIONS: whenHeard(signal) });
		expect(ended).toEqual({ code, stdout: "", stderr: `error: Interrupted by ${signal}.\n` });
	});

	it.each(SIGNALS)("%s that comes twice ends the tool by that signal", async (signal) => {
		await using box = await sandbox();
		const { code } = await run(box, ["wait", ...target(box)], { NODE_OPTIONS: whenHeard(signal, 2) });
		expect(code).toBeNull();
	});
});
