import { existsSync } from "node:fs";
import path from "node:path";
import { createFakeEngine, processGone } from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import { leftIn } from "../../../engine-ephemeral/test/ephemeral-box.ts";
import { sandbox } from "../../../engine-lifecycle/test/sandbox.ts";
import { bin } from "../run/foreground.ts";
import { run } from "../tool.ts";
import { ephemeralTool, onTerminal } from "./ephemeral-tool.ts";

// Seen to fail with no signal passed on, with every signal passed on although the terminal has sent it to the command, too,
// with a start that does not hear of signals, and without the sweep of the next start.

/** Prints each signal that it gets, and dies of SIGUSR2. */
const LISTENER = `
	for (const name of ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"]) process.on(name, () => console.log(name));
	setInterval(() => {}, 1000);
	console.log("up");
`;

describe("B53 a signal to rivet-enginectl ephemeral", () => {
	it("is passed on to the command, which goes on without an engine if that ends", async () => {
		await using box = await sandbox();
		await using tool = ephemeralTool(box, ["--", process.execPath, "-e", LISTENER]);
		expect(await tool.nextLine()).toBe("up");
		for (const name of ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"] as const) {
			tool.kill(name);
			expect(await tool.nextLine()).toBe(name);
		}
		const [, pid] = await tool.says(/\(pid (\d+)\) is ready/);
		process.kill(Number(pid), "SIGKILL");
		await tool.says(/^warning: the throw-away engine has ended.*"reason":"somebody killed it/m);
		tool.kill("SIGUSR2");
		expect(await tool.exited).toBe(140);
		expect(await leftIn(box)).toEqual([]);
	});

	it("reaches the command once if a key of their terminal has sent it", async () => {
		await using box = await sandbox();
		const program = `
			let told = 0;
			process.on("SIGINT", () => console.log("told " + ++told + " " + process.ppid + "."));
			process.on("SIGTERM", () => { console.log("in all " + told); process.exit(5); });
			const terminals = [process.stdin, process.stdout, process.stderr].map((stream) => stream.isTTY);
			process.stdin.on("data", () => {});
			console.log("up " + terminals);
		`;
		const command = [process.execPath, bin, "ephemeral", "--", process.execPath, "-e", program];
		const quoted = command.map((part) => `'${part}'`).join(" ");
		// A shell beside the tool would die of the signal.
		const terminal = onTerminal(box, `exec ${quoted}`);
		await terminal.shows(/up true,true,true/);
		terminal.type("\x03");
		const [, toolPid] = await terminal.shows(/told 1 (\d+)\./);
		process.kill(Number(toolPid), "SIGTERM");
		await terminal.shows(/in all 1/);
		expect(await terminal.exited).toBe(5);
		expect(await leftIn(box)).toEqual([]);
	});

	it.each([
		["SIGTERM", 143],
		["SIGINT", 130],
		["SIGHUP", 129],
	] as const)("ends a start by %s with %i, and no command is run", async (signal, code) => {
		await using box = await sandbox();
		await using never = await createFakeEngine({ healthyAfterMs: "never", ignoreSigterm: true });
		const mark = path.join(box.folder, "mark");
		await using tool = ephemeralTool(box, ["--binary", never.path, "--", "touch", mark]);
		const [, pid] = await tool.says(/Waiting for the engine \(pid (\d+)\)/);
		tool.kill(signal);
		expect(await tool.exited).toBe(code);
		await tool.says(new RegExp(`interrupted by ${signal}`));
		await processGone(Number(pid));
		expect(await leftIn(box)).toEqual([]);
		expect(existsSync(mark)).toBe(false);
	});
});

describe("B53 rivet-enginectl ephemeral that was killed", () => {
	it("leaves its engine, which the next run removes, and the command, which goes on", async () => {
		await using box = await sandbox();
		await using tool = ephemeralTool(box, ["--", "sh", "-c", 'echo "$$"; exec sleep 1000']);
		const commandPid = Number(await tool.nextLine());
		tool.kill("SIGKILL");
		expect(await tool.exited).toBe("SIGKILL");
		expect(process.kill(commandPid, 0)).toBe(true);
		expect(await leftIn(box)).toHaveLength(3);
		expect(await run(box, ["ephemeral", "--", "true"])).toMatchObject({ code: 0, stdout: "" });
		expect(await leftIn(box)).toEqual([]);
		process.kill(commandPid, "SIGKILL");
	});
});
