import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { releasableOutput } from "./releasable-output.ts";

/** Makes a stream whose reader takes the next chunk only when the test calls for it. */
function slowReader() {
	const chunks: string[] = [];
	const held: (() => void)[] = [];
	const stream = new Writable({
		highWaterMark: 1,
		write: (chunk: Buffer, _encoding, done) => {
			chunks.push(chunk.toString());
			held.push(done);
		},
	});
	const takeNext = async (): Promise<void> => {
		held.shift()?.();
		await new Promise((resolve) => setImmediate(resolve));
	};
	return { stream, chunks, takeNext };
}

const nobody = new Writable({ write: (_chunk, _encoding, done) => done() });

describe("B42 an output that can be released", () => {
	it("waits for a slow reader until the reader accepts more", async () => {
		const { stream, chunks, takeNext } = slowReader();
		const { output } = releasableOutput({ stdout: stream, stderr: nobody });
		output.stdout.write("one");
		output.stdout.write("two");
		expect(stream.writableLength, "only the first was handed on").toBe(3);
		await takeNext();
		expect(chunks).toEqual(["one", "two"]);
	});

	it("accepts everything at once when it is released, and keeps it for the reader", async () => {
		const { stream, chunks, takeNext } = slowReader();
		const passing = releasableOutput({ stdout: stream, stderr: nobody });
		for (const each of ["one", "two", "three"]) passing.output.stdout.write(each);
		passing.release();
		await passing.end();
		expect(chunks).toEqual(["one"]);
		expect(stream.writableLength).toBe(11);
		expect(stream.writableEnded, "the reader's stream is left open").toBe(false);
		await takeNext();
		await takeNext();
		expect(chunks).toEqual(["one", "two", "three"]);
	});

	it("is dropped once its reader is gone, and the error is reported once", async () => {
		let [writes, errors] = [0, 0];
		const reader = new Writable({
			// Standard output is like this: it can be written to again after an error.
			autoDestroy: false,
			write: (_chunk, _encoding, done) => {
				writes++;
				done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
			},
		});
		reader.on("error", () => errors++);
		const passing = releasableOutput({ stdout: reader, stderr: nobody });
		for (let line = 0; line < 5; line++) {
			passing.output.stdout.write("a line");
			await new Promise((resolve) => setImmediate(resolve));
		}
		await passing.end();
		expect({ writes, errors }).toEqual({ writes: 1, errors: 1 });
	});

	it("may be released by a listener of the reader's error", async () => {
		const { stream } = slowReader();
		stream.on("error", () => passing.release());
		const passing = releasableOutput({ stdout: stream, stderr: nobody });
		let heard = 0;
		passing.output.stdout.on("error", () => heard++);
		passing.output.stdout.write("one");
		passing.output.stdout.write("two");
		stream.destroy(new Error("gone"));
		await passing.end();
		expect(heard).toBe(0);
	});
});
