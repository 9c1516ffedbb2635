import { once } from "node:events";
import { PassThrough, Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { releasableOutput } from "./releasable-output.ts";

/** A reader that takes nothing until it is asked to. */
function idleReader(): PassThrough {
	return new PassThrough({ highWaterMark: 1 });
}

const nobody = new Writable({ write: (_chunk, _encoding, done) => done() });

describe("B42 an output that can be released", () => {
	it("is held back by its reader, until that takes more", async () => {
		const reader = idleReader();
		const { output } = releasableOutput({ stdout: reader, stderr: nobody });
		output.stdout.write("one");
		output.stdout.write("two");
		expect(reader.read()?.toString()).toBe("one");
		await once(reader, "readable");
		expect(reader.read()?.toString()).toBe("two");
	});

	it("takes all at once when it is released, and keeps it for the reader", async () => {
		const reader = idleReader();
		const passing = releasableOutput({ stdout: reader, stderr: nobody });
		for (const each of ["one ", "two ", "three"]) passing.output.stdout.write(each);
		expect(reader.writableLength + reader.readableLength, "the first").toBe(4);
		passing.release();
		await passing.end();
		expect(reader.writableLength + reader.readableLength).toBe(13);
		expect(reader.writableEnded, "it is somebody else's").toBe(false);
		reader.end();
		expect((await reader.toArray()).join("")).toBe("one two three");
	});

	it("is written to nobody once its reader is gone, who hears of it once", async () => {
		let [writes, errors] = [0, 0];
		const reader = new Writable({
			// As standard output does: it can be written to again after an error.
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

	it("may be released by who hears that its reader is gone", async () => {
		const reader = idleReader();
		reader.on("error", () => passing.release());
		const passing = releasableOutput({ stdout: reader, stderr: nobody });
		let heard = 0;
		passing.output.stdout.on("error", () => heard++);
		passing.output.stdout.write("one");
		passing.output.stdout.write("two");
		reader.destroy(new Error("gone"));
		await passing.end();
		expect(heard).toBe(0);
	});
});
