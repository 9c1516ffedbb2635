import type { DownloadProgress } from "@rivetkit/engine-manager";
import { SingleBar } from "cli-progress";
import { formatBytes } from "./format-bytes.ts";
import type { CommandLineIo } from "./io.ts";

/** Shows how far a download has come. */
export interface DownloadDisplay {
	readonly update: (progress: DownloadProgress) => void;
	readonly end: () => void;
}

/** On a terminal a bar; elsewhere a line every 10 %; nothing if silent. */
export function showDownload(io: CommandLineIo, isSilent: boolean): DownloadDisplay {
	if (isSilent) return { update: () => {}, end: () => {} };
	return io.stderr === process.stderr && io.stderr.isTTY === true ? bar() : lines(io);
}

function bar(): DownloadDisplay {
	const display = new SingleBar({
		format: "{doing} {bar} {percentage} % | {received} of {size} | {rate}/s",
		stream: process.stderr,
		hideCursor: true,
		clearOnComplete: true,
		barsize: 30,
		autopadding: true,
	});
	let isShown = false;
	return {
		update: (progress) => {
			const { receivedBytes, totalBytes, bytesPerSecond } = progress;
			const payload = {
				doing: describe(progress),
				received: formatBytes(receivedBytes),
				// `total` is the bar's own.
				size: totalBytes === undefined ? "?" : formatBytes(totalBytes),
				rate: formatBytes(Math.round(bytesPerSecond)),
			};
			const total = totalBytes ?? Math.max(receivedBytes, 1);
			if (isShown) {
				display.setTotal(total);
				display.update(receivedBytes, payload);
			} else {
				display.start(total, receivedBytes, payload);
				isShown = true;
			}
		},
		end: () => display.stop(),
	};
}

function lines({ stderr }: CommandLineIo): DownloadDisplay {
	let shown = "";
	return {
		update: (progress) => {
			const { phase, receivedBytes, totalBytes } = progress;
			const tenth = totalBytes ? Math.floor((10 * receivedBytes) / totalBytes) * 10 : undefined;
			const amount = tenth === undefined ? "" : ` ${tenth} % of ${formatBytes(totalBytes ?? 0)}`;
			const line = describe(progress) + (phase === "downloading" || phase === "waiting" ? amount : "");
			if (line === shown) return;
			shown = line;
			stderr.write(`${line} ...\n`);
		},
		end: () => {},
	};
}

/** What is done, and for which time if there is trouble. */
function describe({ phase, attempt }: DownloadProgress): string {
	const isRepeated = attempt > 1 && (phase === "manifest" || phase === "downloading");
	return isRepeated ? `${DOING[phase]} (attempt ${attempt})` : DOING[phase];
}

const DOING: { readonly [Phase in DownloadProgress["phase"]]: string } = {
	manifest: "Asking for the release's manifest",
	downloading: "Downloading",
	waiting: "Waiting for the download of another program",
	verifying: "Verifying",
	installing: "Installing",
};
