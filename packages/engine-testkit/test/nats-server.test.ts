import { readFile, stat } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { lacksClusterParts, processGone, serveSockets, startNats } from "../src/index.ts";
import { accepts } from "./accepts.ts";
import { converse } from "./ask.ts";

const connect = (options: object): string => `CONNECT ${JSON.stringify({ verbose: true, ...options })}\r\n`;

describe.skipIf(lacksClusterParts(import.meta.url, ["nats-server"]))("a NATS server", () => {
	test("lets anyone in who is not asked for a password", async () => {
		await using nats = await startNats();
		expect(nats.address).toBe(`127.0.0.1:${nats.port}`);
		expect(await say(nats.port, connect({}))).toContain("+OK");
	});

	test("asks for the password, which stands in no command line and no file that others may read", async () => {
		const password = 'p@ss"\\$:{word}';
		await using nats = await startNats({ username: "rivet", password });
		expect(await say(nats.port, connect({ user: "rivet", pass: password }))).toContain("+OK");
		expect(await say(nats.port, connect({ user: "rivet", pass: "other" }))).toContain("Authorization");
		expect(await readFile(`/proc/${nats.pid()}/cmdline`, "utf8")).not.toContain("word");
		expect((await stat(`${nats.folder}/nats.json`)).mode & 0o777).toBe(0o600);
	});

	test("keeps its port over a stop and over a crash", async () => {
		await using nats = await startNats();
		for (const end of [nats.stop, nats.kill]) {
			const pid = nats.pid() ?? 0;
			await end();
			await processGone(pid, 0);
			expect(await accepts(nats.port)).toBe(false);
			await nats.start();
			expect(nats.pid()).not.toBe(pid);
			expect(await say(nats.port, connect({}))).toContain("+OK");
		}
	});

	test("does nothing while it is frozen, and goes on afterwards", async () => {
		await using nats = await startNats();
		await nats.freeze();
		let answered = false;
		const answer = say(nats.port, connect({})).then((text) => {
			answered = true;
			return text;
		});
		// The kernel still accepts, for a server that does not.
		expect(await accepts(nats.port)).toBe(true);
		expect(await readFile(`/proc/${nats.pid()}/stat`, "utf8")).toContain(") T ");
		expect(answered).toBe(false);
		nats.thaw();
		expect(await answer).toContain("+OK");
	});

	test("is gone with its files when it is disposed of", async () => {
		const nats = await startNats();
		const pid = nats.pid() ?? 0;
		await nats[Symbol.asyncDispose]();
		await processGone(pid, 0);
		await expect(stat(nats.folder)).rejects.toMatchObject({ code: "ENOENT" });
	});

	test("says why it cannot start, and can be started once it can", async () => {
		await using nats = await startNats();
		await nats.stop();
		const other = await serveSockets(() => {}, { port: nats.port });
		await expect(nats.start()).rejects.toThrow("address already in use");
		expect(nats.pid()).toBeUndefined();
		await other[Symbol.asyncDispose]();
		await nats.start();
	});
});

/** Says something and a text that is no command, at which the server hangs up, and returns what it said. */
async function say(port: number, text: string): Promise<string> {
	return (await converse(port, `${text}NO SUCH COMMAND\r\n`)).received;
}
