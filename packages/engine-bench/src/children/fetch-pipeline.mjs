import { createHash } from "node:crypto";
import { createWriteStream, writeSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { peakMemoryBytes } from "./peak-memory.mjs";

// A download as an application would write it without our package.
const [url = "", file = ""] = process.argv.slice(2).map((argument) => JSON.parse(argument));
const hash = createHash("sha256");
const { body } = await fetch(url);
if (body === null) throw new Error(`${url} is empty.`);
await pipeline(
	Readable.fromWeb(/** @type {import("node:stream/web").ReadableStream} */ (body)),
	async function* (chunks) {
		for await (const chunk of chunks) {
			hash.update(chunk);
			yield chunk;
		}
	},
	createWriteStream(file),
);
const sha256 = hash.digest("hex");
process.on("exit", () => writeSync(1, JSON.stringify({ sha256, peakBytes: peakMemoryBytes() })));
