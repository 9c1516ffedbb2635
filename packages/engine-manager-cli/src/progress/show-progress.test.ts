import { PassThrough } from "node:stream";
import type { DownloadProgress } from "@rivetkit/engine-manager";
import { describe, expect, it } from "vitest";
import type { TextOutput } from "../io.ts";
import { showProgress } from "./show-progress.ts";

// Seen to fail with each amount in a line of its own, with a warning written into the line of a step, and with a line
// that stays when the display ends.

/** The sequence that clears a line of a terminal. */
const LINE_CLEARED = "\x1b[2K";

describe("B17 the progress of a command, in a file", () => {
	it("has a line for each step, and for each tenth of a download", () => {
		const { output, written } = recorded();
		using progress = showProgress(ioWith(output), false);
		progress.onEvent({ kind: "probing", endpoint: "http://127.0.0.1:6420" });
		progress.onEvent({ kind: "probing", endpoint: "http://127.0.0.1:6420" });
		for (const receivedBytes of [0, 1_000_000, 10_000_000, 19_000_000, 100_000_000]) {
			progress.onEvent({ kind: "downloading", version: "2.3.19", progress: downloading({ receivedBytes }) });
		}
		progress.onDownload(downloading({ phase: "verifying" }));
		progress.stderr.write("warning: something\n");
		progress.onDownload(downloading({ attempt: 2, totalBytes: undefined, receivedBytes: 25_000_000 }));
		expect(written().split("\n")).toEqual([
			"Asking http://127.0.0.1:6420 ...",
			"Downloading engine 2.3.19: 0 % of 100.0 MB ...",
			"Downloading engine 2.3.19: 10 % of 100.0 MB ...",
			"Downloading engine 2.3.19: 100 % of 100.0 MB ...",
			"Verifying ...",
			"warning: something",
			"Downloading (attempt 2): 20.0 MB ...",
			"",
		]);
	});

	it("names the flag of an option", () => {
		const { output, written } = recorded();
		using progress = showProgress(ioWith(output), false);
		progress.onEvent({ kind: "awaiting-database", reason: "it wants `adminToken`" });
		expect(written()).toBe(
			"Waiting for the engine's database: it wants `adminToken` (`--admin-token-file`) ...\n",
		);
	});

	it("is nothing for a reader of JSON, who gets warnings all the same", () => {
		const { output, written } = recorded();
		using progress = showProgress(ioWith(output), true);
		progress.onDownload(downloading({}));
		progress.stderr.write("{}\n");
		expect(written()).toBe("{}\n");
	});
});

describe("B17 the progress of a command, on a terminal", () => {
	it("is one line with a bar, above which warnings stand, and is gone at the end", () => {
		const terminal = Object.assign(new PassThrough({ encoding: "utf8" }), { isTTY: true, columns: 110 });
		const read = (): string => String(terminal.read());
		using progress = showProgress(ioWith(terminal), false);
		progress.onDownload(downloading({ receivedBytes: 50_000_000 }));
		expect(read()).toContain(
			`Downloading ${"=".repeat(15)}${"-".repeat(15)} 50 % | 50.0 MB of 100.0 MB | 2.0 MB/s`,
		);
		progress.stderr.write("warning: something\n");
		const [before = "", after = ""] = read().split("warning: something\n");
		expect(before.endsWith(LINE_CLEARED)).toBe(true);
		expect(after).toContain("50 %");
		progress.end();
		expect(read().endsWith(LINE_CLEARED)).toBe(true);
	});
});

function downloading(progress: Partial<DownloadProgress>): DownloadProgress {
	return {
		phase: "downloading",
		receivedBytes: 0,
		totalBytes: 100_000_000,
		bytesPerSecond: 2_000_000,
		attempt: 1,
		resumedFromBytes: 0,
		...progress,
	};
}

function recorded(): { readonly output: TextOutput; readonly written: () => string } {
	let text = "";
	return { output: { write: (part) => (text += part) }, written: () => text };
}

function ioWith(stderr: TextOutput) {
	return { stdout: stderr, stderr, environment: {}, signal: new AbortController().signal };
}
