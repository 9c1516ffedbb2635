// Seen to fail without exclusive records, without the bind test, and without another attempt. The folder: without the
// refusal, with one hint for all refusals, and with one code for all errors.
import { readdirSync } from "node:fs";
import { chmod, chown, mkdir, symlink, writeFile } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { sandbox } from "../../engine-lifecycle/test/sandbox.ts";
import { candidatePorts } from "../src/reservation/candidate-ports.ts";
import { reserve } from "../src/reservation/reserve.ts";
import { startEphemeralEngine } from "../src/start-ephemeral-engine.ts";
import { entriesIn, ephemeralFolderOf } from "./ephemeral-box.ts";

describe("B41 the ports of throw-away engines", () => {
	it("are reserved: 32 reservations that begin with the same ports differ, and none has a port that is listened on", async () => {
		await using box = await sandbox();
		const folder = ephemeralFolderOf(box);
		await mkdir(folder, { recursive: true });
		const candidates = candidatePorts(32_768, 0.5);
		const [first = 0] = candidates;
		await using _apiPeer = listenOn(first + 1);
		const reservations = await Promise.all(Array.from({ length: 32 }, () => reserve(folder, { candidates })));
		const ports = reservations.map(({ port }) => port);
		expect(new Set(ports).size).toBe(32);
		expect(ports).not.toContain(first);
		expect(await entriesIn(box)).toEqual(ports.map((port) => `${port}.json`).sort());
	});

	it("are chosen again if a program without a reservation takes them", async () => {
		await using box = await sandbox();
		const taken: number[] = [];
		const servers: AsyncDisposable[] = [];
		await using engine = await startEphemeralEngine({
			environment: box.environment,
			onEvent: ({ kind }) => {
				if (kind !== "resolving" || taken.length > 0) return;
				const [record = ""] = readdirSync(ephemeralFolderOf(box));
				taken.push(Number.parseInt(record, 10));
				servers.push(listenOn(taken[0] ?? 0));
			},
		});
		await servers[0]?.[Symbol.asyncDispose]();
		expect(taken).toHaveLength(1);
		expect(engine.endpoint).not.toContain(`:${taken[0]}`);
		expect(await entriesIn(box)).toHaveLength(2);
	});
});

describe("B41 a temporary folder that cannot be used", () => {
	it.each<[string, (folder: string) => Promise<unknown>, string]>([
		["others may look into", async (folder) => chmod(await made(folder), 0o750), "run chmod 700"],
		["leads elsewhere", async (folder) => symlink(path.dirname(folder), folder), "is not a folder"],
	])("is refused if our folder in it is one that %s", async (_title, prepare, reason) => {
		await expectRefused(prepare, reason);
	});

	it.runIf(process.getuid?.() === 0)(
		"is refused if our folder in it belongs to another user, which takes root to try",
		async () => {
			await expectRefused(
				async (folder) => chown(await made(folder), 12_345, 12_345),
				"belongs to another user",
			);
		},
	);

	it("is refused if it is missing, with what to do about that", async () => {
		await using box = await sandbox();
		const environment = { ...box.environment, TMPDIR: path.join(box.folder, "missing") };
		await expect(startEphemeralEngine({ environment })).rejects.toMatchObject({
			code: "read_only",
			metadata: { hint: expect.stringContaining("an existing folder") },
		});
	});

	it("is refused if a file has the name of our folder", async () => {
		await using box = await sandbox();
		await made(path.dirname(ephemeralFolderOf(box)));
		await writeFile(ephemeralFolderOf(box), "");
		await expect(startEphemeralEngine({ environment: box.environment })).rejects.toMatchObject({
			code: "path_occupied",
			metadata: { path: ephemeralFolderOf(box), hint: expect.stringContaining("TMPDIR") },
		});
	});

	async function expectRefused(prepare: (folder: string) => Promise<unknown>, reason: string): Promise<void> {
		await using box = await sandbox();
		await prepare(path.dirname(ephemeralFolderOf(box)));
		await expect(startEphemeralEngine({ environment: box.environment })).rejects.toMatchObject({
			code: "read_only",
			message: expect.stringContaining(reason),
			metadata: { hint: expect.stringContaining("TMPDIR") },
		});
	}
});

/** Listens on a port at once. */
function listenOn(port: number): AsyncDisposable {
	const server = net.createServer().listen(port);
	return { [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())) };
}

async function made(folder: string): Promise<string> {
	await mkdir(folder, { mode: 0o700 });
	return folder;
}
