import { realpathSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { type RunCommandOptions, runCommand } from "./run-command.ts";

describe("B37 a program that runCommand runs", () => {
	test("gives its stdout as the result, not its stderr", async () => {
		expect(await node("process.stdout.write('yes\\r\\n'); process.stderr.write('no')")).toBe("yes\r\n");
	});

	test.each<[string, () => Promise<string | null>]>([
		["is missing", () => runCommand("/nowhere/rivet-ps", [])],
		["is a folder", () => runCommand(dirname(process.execPath), [])],
		["fails, whatever it said", () => node("process.stdout.write('yes'); process.exitCode = 1")],
		["is killed", () => node("process.stdout.write('yes'); process.kill(process.pid, 'SIGKILL')")],
		["says too much", () => node("process.stdout.write('x'.repeat(2 ** 21))")],
		["cannot be given its arguments", () => runCommand(process.execPath, ["\0"])],
	])("tells nothing if it %s", async (_, answer) => {
		expect(await answer()).toBeNull();
	});

	test("gives null if it takes too long, and is killed even if it ignores signals", async () => {
		const startedAt = performance.now();
		const stubborn = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)";
		expect(await node(stubborn, { timeoutMs: 1000 })).toBeNull();
		expect(performance.now() - startedAt).toBeLessThan(5000);
	});

	test("has an empty stdin", async () => {
		expect(await node("process.stdin.resume().on('end', () => process.stdout.write('end'))")).toBe("end");
	});

	test("gets only the given environment variables", async () => {
		process.env["RIVET_TEST_INHERITED"] = "yes";
		onTestFinished(() => void delete process.env["RIVET_TEST_INHERITED"]);
		const print = "process.stdout.write(JSON.stringify(process.env))";
		const given = JSON.parse((await node(print, { environment: { LC_ALL: "C" } })) ?? "{}");
		expect(given).toMatchObject({ LC_ALL: "C" });
		expect(given).not.toHaveProperty("RIVET_TEST_INHERITED");
		expect(JSON.parse((await node(print)) ?? "{}")).toMatchObject({ RIVET_TEST_INHERITED: "yes" });
	});

	test("is not looked for in the working directory", async () => {
		expect(await node("process.stdout.write(process.cwd())")).toBe(realpathSync(dirname(process.execPath)));
	});
});

function node(source: string, options: RunCommandOptions = {}): Promise<string | null> {
	return runCommand(process.execPath, ["-e", source], options);
}
