import { execFile } from "node:child_process";
import { realpath } from "node:fs/promises";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { processGone, realEnginePath, realEngineVersion, runScript, temporaryFolder } from "../src/index.ts";

const run = promisify(execFile);

describe("a script", () => {
	test("is run with arguments, variables, a working directory and stdin", async () => {
		await using folder = await temporaryFolder();
		const source = `
			import { text } from "node:stream/consumers";
			console.log(JSON.stringify([process.argv.slice(1), process.env.MARK, process.cwd(), await text(process.stdin)]));
			console.error("aside");
			process.exit(3);
		`;
		const options = { args: ["a b", "--c"], env: { MARK: "x" }, cwd: folder.path, stdin: "in" };
		const { code, signal, stdout, stderr } = await runScript(source, options).exited;
		expect(JSON.parse(stdout)).toEqual([["a b", "--c"], "x", await realpath(folder.path), "in"]);
		expect({ code, signal, stderr }).toEqual({ code: 3, signal: null, stderr: "aside\n" });
	});

	test("loses a variable that is set to undefined", async () => {
		const script = runScript("console.log(process.env.PATH)", { env: { PATH: undefined } });
		expect((await script.exited).stdout).toBe("undefined\n");
	});

	test("gives its lines one by one, and says why there is none", async () => {
		const script = runScript(
			'process.stdout.write("one\\ntw"); process.stdout.write("o\\n"); console.error("why")',
		);
		expect([await script.nextLine(), await script.nextLine()]).toEqual(["one", "two"]);
		await expect(script.nextLine()).rejects.toThrow("why");
	});

	test("can be killed", async () => {
		const script = runScript('console.log("up"); setInterval(() => {}, 1000)');
		await script.nextLine();
		script.kill("SIGINT");
		expect(await script.exited).toMatchObject({ code: null, signal: "SIGINT", stdout: "up\n" });
		await processGone(script.pid);
	});
});

describe("waiting for the end of a process", () => {
	test("rejects if the process is still alive", async () => {
		await expect(processGone(process.pid, 0)).rejects.toThrow(`Process ${process.pid} still runs after 0 ms`);
	});
});

describe("the real engine", () => {
	test("is there, in the version that is said", async () => {
		const { stdout } = await run(realEnginePath(), ["--version"]);
		expect(stdout).toContain(`Rivet ${realEngineVersion}\n`);
	});
});
