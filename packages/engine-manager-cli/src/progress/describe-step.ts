import type { DownloadProgress, EngineEvent } from "@rivetkit/engine-manager";

/** The text of a step of a start or a download, for people. */
export interface Step {
	readonly text: string;
	/** The progress of a transfer; undefined for a step that is not a transfer. */
	readonly amount?: Pick<DownloadProgress, "receivedBytes" | "totalBytes" | "bytesPerSecond"> | undefined;
}

/** Describes the step that an event begins; undefined for an event that ends a step. */
export function describeEvent(event: EngineEvent): Step | undefined {
	if (event.kind === "downloading") return describeDownload(event.progress, event.version);
	const text = textOf(event);
	return text === undefined ? undefined : { text };
}

/**
 * Describes a step of a download, with the number of the attempt after the first.
 *
 * @param version - The engine's version, if the text should name it.
 */
export function describeDownload(progress: DownloadProgress, version?: string): Step {
	const { phase, attempt } = progress;
	const isTransfer = phase === "downloading" || phase === "waiting";
	const isRepeated = attempt > 1 && (phase === "manifest" || phase === "downloading");
	const what = phase === "downloading" && version !== undefined ? ` engine ${version}` : "";
	const text = `${PHASES[phase]}${what}${isRepeated ? ` (attempt ${attempt})` : ""}`;
	return { text, amount: isTransfer ? progress : undefined };
}

const PHASES: { readonly [Phase in DownloadProgress["phase"]]: string } = {
	manifest: "Asking for the release's manifest",
	downloading: "Downloading",
	waiting: "Waiting for the download of another program",
	verifying: "Verifying",
	installing: "Installing",
};

function textOf(event: Exclude<EngineEvent, { readonly kind: "downloading" }>): string | undefined {
	switch (event.kind) {
		case "probing":
			return `Asking ${event.endpoint}`;
		case "undecided": {
			const who =
				event.holder === undefined
					? "The port"
					: `The port, held by '${event.holder.name}' (pid ${event.holder.pid}),`;
			return `${who} gives no clear answer yet: ${event.reason}`;
		}
		case "waiting": {
			const { identity } = event.holder;
			const who = identity === undefined ? "another program" : `another program (pid ${identity.pid})`;
			return `Waiting for ${who} that is starting an engine`;
		}
		case "unlocked":
			return "Starting without waiting for other programs";
		case "settling":
			return `Waiting for '${event.path}': ${event.reason}`;
		case "joining":
			return `Waiting for the engine (pid ${event.pid}) that another program has started`;
		case "resolving":
			return `Looking for engine ${event.version}`;
		case "resolved":
			return `Found engine ${event.version ?? "of unknown version"} (${event.source})`;
		case "spawned":
			return `Waiting for the engine (pid ${event.pid}) to become healthy`;
		case "replacing":
			return `Stopping the engine (pid ${event.pid}) that runs`;
		case "crashed":
			return `The engine${event.pid === undefined ? "" : ` (pid ${event.pid})`} has crashed: ${event.reason}`;
		case "restarting":
			return `Starting the engine again in ${Math.ceil(event.waitMs / 1000)} s (attempt ${event.attempt})`;
		case "gave-up":
			return `The engine is not started again: ${event.reason}`;
		case "awaiting-lease":
			return "Waiting for the lease of another engine, which runs out after some 11 s if that has died";
		case "awaiting-database":
			return `Waiting for the engine's database: ${event.reason}`;
		case "reusing":
		case "healthy":
		case "restarted":
			return undefined;
	}
}
