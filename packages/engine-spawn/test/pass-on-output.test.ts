import { type FileHandle, open, readFile } from "node:fs/promises";
import path from "node:path";
import { PassThrough, Readable, Writable } from "node:stream";
import { temporaryFolder } from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import { passOnOutput } from "../src/logs/pass-on-output.ts";

// Seen to fail: without the limit of the copy, without the catches of file errors, without the wait for a slow reader, and
// without the check that the reader is still there.

const KIB = 1024;

/** Makes a stream that accepts everything at once, and remembers it. */
function collector(): Writable & { readonly text: () => string } {
	const chunks: Buffer[] = [];
	const stream = new Writable({
		write: (chunk: Buffer, _encoding, done) => {
			chunks.push(chunk);
			done();
		},
	});
	return Object.assign(stream, { text: () => Buffer.concat(chunks).toString() });
}

/** Makes chunks of one size, each of another letter. */
function chunks(amount: number, size: number): readonly Buffer[] {
	return Array.from({ length: amount }, (_, index) => Buffer.alloc(size, 97 + (index % 26)));
}

describe("B42 output that is passed on", () => {
	it("arrives unchanged, also in the copy", async () => {
		await using folder = await temporaryFolder();
		const file = path.join(folder.path, "copy");
		const target = collector();
		await passOnOutput(
			Readable.from([Buffer.from("one\ntw"), Buffer.from("o\n")]),
			await open(file, "ax"),
			target,
		);
		expect(target.text()).toBe("one\ntwo\n");
		expect(await readFile(file, "utf8")).toBe("one\ntwo\n");
		expect(target.writableEnded, "the caller closes it").toBe(false);
	});

	it("is copied up to a limit, then into an empty file again", async () => {
		await using folder = await temporaryFolder();
		const file = path.join(folder.path, "copy");
		const target = collector();
		const written = chunks(50, 64 * KIB);
		await passOnOutput(Readable.from(written), await open(file, "ax"), target);
		expect(target.text().length).toBe(50 * 64 * KIB);
		const copy = await readFile(file, "utf8");
		expect(copy.length).toBeLessThanOrEqual(KIB * KIB);
		expect(copy.length).toBeGreaterThan(0);
		expect(target.text().endsWith(copy), "the copy is the end of the output").toBe(true);
	});

	it("goes on if the copy cannot be written, shortened or closed, as on a full disk", async () => {
		const full = async (): Promise<never> => {
			throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
		};
		const file = { appendFile: full, truncate: full, close: full } as unknown as FileHandle;
		const target = collector();
		await passOnOutput(Readable.from(chunks(40, 64 * KIB)), file, target);
		expect(target.text().length).toBe(40 * 64 * KIB);
	});

	it("goes on when a real disk is full", async () => {
		const target = collector();
		await passOnOutput(Readable.from([Buffer.from("a line\n")]), await open("/dev/full", "a"), target);
		expect(target.text()).toBe("a line\n");
	});

	it("is read no faster than the reader accepts it", async () => {
		await using folder = await temporaryFolder();
		let [read, taken, furthestAhead] = [0, 0, 0];
		const source = Readable.from(
			(function* () {
				for (const chunk of chunks(100, 64 * KIB)) {
					read++;
					yield chunk;
				}
			})(),
		);
		const target = new Writable({
			write: (_chunk, _encoding, done) => {
				setTimeout(() => {
					furthestAhead = Math.max(furthestAhead, read - taken);
					taken++;
					done();
				}, 3);
			},
		});
		await passOnOutput(source, await open(path.join(folder.path, "copy"), "ax"), target);
		expect(read).toBe(100);
		expect(furthestAhead, "chunks read ahead by the stream").toBeLessThan(30);
	});

	it("is read to its end when its reader fails", async () => {
		await using folder = await temporaryFolder();
		const file = path.join(folder.path, "copy");
		const target = new Writable({
			write: (_chunk, _encoding, done) => done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" })),
		});
		await passOnOutput(Readable.from(chunks(10, 64 * KIB)), await open(file, "ax"), target);
		expect((await readFile(file)).length).toBe(10 * 64 * KIB);
	});

	it("is read to its end if the reader disappears during a wait for the reader", async () => {
		await using folder = await temporaryFolder();
		const target = new PassThrough({ highWaterMark: 1 });
		const source = Readable.from(chunks(10, 64 * KIB));
		const passed = passOnOutput(source, await open(path.join(folder.path, "copy"), "ax"), target);
		setImmediate(() => target.destroy(new Error("gone")));
		await passed;
		expect(source.readableEnded).toBe(true);
	});
});
