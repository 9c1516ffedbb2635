import { spawn } from "node:child_process";
import { once } from "node:events";
import type { EngineContext } from "../context.ts";

/** Sees to it that an engine ends if this process is killed. */
export interface EngineGuard {
	/** Resolves when nothing is left of the guard. To be called when the engine has ended. */
	dismiss(): Promise<void>;
}

/**
 * Guards the engine of a process group: an engine takes no notice of a parent that is gone, nor of an output that
 * nobody reads. A shell in a session of its own waits for the end of its input, which comes with that of this process,
 * and then ends the engine. Where there is no shell it goes unguarded, as in a container, which ends as a whole.
 *
 * @param pid - The leader of the group.
 * @param graceMs - How long it may take before it is killed.
 */
export function guardEngine({ logger }: EngineContext, pid: number, graceMs: number): EngineGuard {
	if (process.platform === "win32") return { dismiss: async () => {} };
	const args = ["-c", PROGRAM, "rivet-engine-guard", String(pid), String(Math.ceil(graceMs / 1000))];
	const shell = spawn("/bin/sh", args, {
		cwd: "/",
		// The engine's secrets are no business of a shell's.
		env: { PATH: "/usr/bin:/bin" },
		stdio: ["pipe", "ignore", "ignore"],
		detached: true,
	});
	const ended = once(shell, "close").catch((error: Error) => {
		logger.debug(
			{ pid, error },
			"the engine goes on if this process is killed: there is no shell to guard it",
		);
	});
	shell.stdin.on("error", () => {});
	return {
		dismiss: async () => {
			shell.stdin.end("ended\n");
			await ended;
		},
	};
}

/** Signals the group: a number that has become another process's is hardly that of a group as well. */
const PROGRAM = `
read -r told && exit
kill -s TERM -- "-$1" || exit
left=$2
while [ "$left" -gt 0 ] && kill -s 0 -- "-$1"; do
	left=$((left - 1))
	sleep 1
done
kill -s KILL -- "-$1"
`;
