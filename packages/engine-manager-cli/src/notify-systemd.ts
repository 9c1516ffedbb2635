import { execFile } from "node:child_process";
import { type CommandLineIo, stderrLogger } from "./io.ts";

/**
 * Reports to systemd that the service is ready, if `NOTIFY_SOCKET` is set. Runs the program `systemd-notify`, since Node
 * has no Unix datagram sockets; therefore the unit needs `NotifyAccess=all`.
 *
 * @see sd_notify(3), systemd-notify(1)
 */
export async function notifySystemd(
	{ environment, stderr }: CommandLineIo,
	{ status, json }: { readonly status: string; readonly json: boolean },
): Promise<void> {
	if (!environment["NOTIFY_SOCKET"]) return;
	const failure = await new Promise<Error | null>((resolve) => {
		const args = ["--ready", `--status=${status}`];
		const options = { env: { ...environment }, timeout: LIMIT_MS } as const;
		execFile("systemd-notify", args, options, (error) => resolve(error));
	});
	if (failure === null) return;
	const message = `systemd was not told that the engine is ready, and may end it: ${failure.message.trim()}. Is systemd-notify installed, and NotifyAccess=all set?`;
	stderrLogger(stderr, { json, verbose: false }).warn({}, message);
}

/** Time that `systemd-notify` may take, in milliseconds. */
const LIMIT_MS = 5000;
