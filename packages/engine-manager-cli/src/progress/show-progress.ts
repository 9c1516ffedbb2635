import type { EngineEvent } from "@rivetkit/engine-manager";
import type { CommandLineIo } from "../io.ts";
import { formatBytes } from "../output/format-bytes.ts";

/** How often a step that goes on is shown, in milliseconds. */
const TICK_MS = 1000;

/** Shows the steps of a start on standard error: rewriting one line on a terminal, a line a step elsewhere. */
export function showProgress(
	io: CommandLineIo,
	isSilent: boolean,
): { readonly onEvent: (event: EngineEvent) => void; end(): void } & AsyncDisposable {
	const { stderr } = io;
	const rewrites = stderr.isTTY === true;
	let step: { readonly text: string; readonly startedAt: number } | undefined;
	const show = (text: string): unknown => stderr.write(rewrites ? `\r\x1b[K${text}` : `${text}\n`);
	const tick = (): void => {
		if (step === undefined) return;
		const seconds = Math.round((performance.now() - step.startedAt) / 1000);
		show(`${step.text} (${seconds} s)`);
	};
	const timer = isSilent ? undefined : setInterval(tick, TICK_MS);
	const end = (): void => {
		clearInterval(timer);
		if (rewrites && step !== undefined) stderr.write("\r\x1b[K");
		step = undefined;
	};
	return {
		onEvent: (event) => {
			const text = isSilent ? undefined : describeEvent(event);
			if (text === undefined || text === step?.text) return;
			step = { text, startedAt: performance.now() };
			show(text);
		},
		end,
		[Symbol.asyncDispose]: async () => end(),
	};
}

function describeEvent(event: EngineEvent): string | undefined {
	switch (event.kind) {
		case "probing":
			return `Asking ${event.endpoint} ...`;
		case "undecided": {
			const who =
				event.holder === undefined
					? "The port"
					: `The port, held by '${event.holder.name}' (pid ${event.holder.pid}),`;
			return `${who} gives no clear answer yet: ${event.reason} ...`;
		}
		case "waiting": {
			const { identity } = event.holder;
			const who = identity === undefined ? "another program" : `another program (pid ${identity.pid})`;
			return `Waiting for ${who} that is starting an engine ...`;
		}
		case "unlocked":
			return "Starting without waiting for other programs ...";
		case "downloading": {
			const { phase, receivedBytes, totalBytes } = event.progress;
			if (phase === "waiting") return "Waiting for the download of another program ...";
			if (phase !== "downloading" || !totalBytes) return `Downloading engine ${event.version} ...`;
			const tenth = Math.floor((10 * receivedBytes) / totalBytes) * 10;
			return `Downloading engine ${event.version}: ${tenth} % of ${formatBytes(totalBytes)} ...`;
		}
		case "settling":
			return `Waiting for '${event.path}': ${event.reason} ...`;
		case "joining":
			return `Waiting for the engine (pid ${event.pid}) that another program has started ...`;
		case "resolving":
			return `Looking for engine ${event.version} ...`;
		case "resolved":
			return `Found engine ${event.version ?? "of unknown version"} (${event.source}) ...`;
		case "spawned":
			return `Waiting for the engine (pid ${event.pid}) to become healthy ...`;
		case "replacing":
			return `Stopping the engine (pid ${event.pid}) that runs ...`;
		case "crashed":
			return `The engine${event.pid === undefined ? "" : ` (pid ${event.pid})`} has crashed: ${event.reason} ...`;
		case "restarting":
			return `Starting the engine again in ${Math.ceil(event.waitMs / 1000)} s (attempt ${event.attempt}) ...`;
		case "gave-up":
			return `The engine is not started again: ${event.reason} ...`;
		case "awaiting-lease":
			return "Waiting for the lease of another engine, which runs out after some 11 s if that has died ...";
		case "awaiting-database":
			return `Waiting for the engine's database: ${event.reason} ...`;
		case "reusing":
		case "healthy":
		case "restarted":
			return undefined;
	}
}
