import type { DownloadProgress } from "@rivetkit/engine-manager";
import cliProgress from "cli-progress";
import type { CommandLineIo } from "../io.ts";
import { formatBytes } from "../output/format-bytes.ts";

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

/** What the bar says beside itself. Without a size it is no bar. */
interface BarTexts {
	readonly doing: string;
	readonly received: string;
	readonly size: string | undefined;
	readonly rate: string;
}

function bar(): DownloadDisplay {
	const display = new cliProgress.SingleBar({
		format: (options, { progress }, { doing, received, size, rate }: BarTexts) =>
			size === undefined
				? `${doing} | ${received} | ${rate}/s`
				: `${doing} ${cliProgress.Format.BarFormat(progress, options)} ${Math.floor(progress * 100)} % | ${received} of ${size} | ${rate}/s`,
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
			const payload: BarTexts = {
				doing: describe(progress),
				received: formatBytes(receivedBytes),
				size: totalBytes === undefined ? undefined : formatBytes(totalBytes),
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
			const amount = amountOf(receivedBytes, totalBytes);
			const line = describe(progress) + (phase === "downloading" || phase === "waiting" ? amount : "");
			if (line === shown) return;
			shown = line;
			stderr.write(`${line} ...\n`);
		},
		end: () => {},
	};
}

/** In tenths, or where nobody knows of what, in steps of 10 MB. */
function amountOf(receivedBytes: number, totalBytes: number | undefined): string {
	if (!totalBytes)
		return receivedBytes < STEP_BYTES ? "" : ` ${formatBytes(receivedBytes - (receivedBytes % STEP_BYTES))}`;
	return ` ${Math.floor((10 * receivedBytes) / totalBytes) * 10} % of ${formatBytes(totalBytes)}`;
}

const STEP_BYTES = 10_000_000;

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
