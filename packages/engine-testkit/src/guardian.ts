import { spawn } from "node:child_process";
import { once } from "node:events";

/** Disposing kills what is watched, removes the folder, and returns when both is done. */
export interface Guardian extends AsyncDisposable {
	/** Whom to kill from now on: the first pid is asked to quit, all of them are killed if it does not. */
	watch(pids: readonly number[]): void;
}

/**
 * Guards a folder and the processes that work in it: both are gone soon after this process has ended, however
 * it ended. Vitest ends its workers by a signal, so no `exit` listener would do. A shell in a session of its
 * own does it, whose stdin comes to its end with this process.
 */
export function guardFolder(folder: string): Guardian {
	const shell = spawn("sh", ["-c", PROGRAM, "guardian", folder], {
		cwd: "/",
		stdio: ["pipe", "ignore", "ignore"],
		detached: true,
	});
	const ended = once(shell, "close");
	// A guardian that somebody killed breaks the pipe.
	shell.stdin.on("error", () => {});
	shell.unref();
	return {
		watch: (pids) => void shell.stdin.write(`${pids.join(" ")}\n`),
		async [Symbol.asyncDispose]() {
			shell.ref();
			shell.stdin.end();
			await ended;
		},
	};
}

/** PostgreSQL takes up to 5 s to end on SIGQUIT, but then no shared memory is left behind. */
const PROGRAM = `
pids=
while read -r line; do pids=$line; done
if [ -n "$pids" ]; then
	first=\${pids%% *}
	kill -CONT $pids
	kill -QUIT "$first"
	left=80
	while [ "$left" -gt 0 ] && kill -0 "$first"; do
		left=$((left - 1))
		sleep 0.1
	done
	[ "$left" -gt 0 ] || kill -KILL $pids
fi
rm -rf "$1"
`;
