import { spawn } from "node:child_process";
import { once } from "node:events";

/** Disposing kills what works in the folder, removes it, and returns when both is done. */
export interface Guardian extends AsyncDisposable {
	/** Takes the server to end in good order, and its children: the first pid is asked to quit, all are killed if it does not. */
	watch(pids: readonly number[]): void;
}

/**
 * Guards a folder: it is gone soon after this process has ended, however it ended, with every process that names it in
 * its variables or its command line, or works in it. Vitest ends its workers by a signal, so no `exit` listener would
 * do. A shell in a session of its own does it, whose stdin comes to its end with this process. The processes are found
 * on Linux alone.
 */
export function guardFolder(folder: string): Guardian {
	const shell = spawn("sh", ["-c", PROGRAM, "guardian"], {
		cwd: "/",
		// Another guardian, of a folder around this one, must not find it by its variables.
		env: { PATH: process.env["PATH"] },
		stdio: ["pipe", "ignore", "ignore"],
		detached: true,
	});
	const ended = once(shell, "close");
	// A guardian that somebody killed breaks the pipe.
	shell.stdin.on("error", () => {});
	shell.stdin.write(`${folder}\n`);
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

/**
 * PostgreSQL takes up to 5 s to end on SIGQUIT, but then no shared memory is left behind. Its own guardian sends that,
 * so the guardian of a folder around it waits.
 *
 * No command that looks for processes has the folder in its own command line while the first one looks.
 */
const PROGRAM = `
read -r folder || exit
[ -n "$folder" ] || exit
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
named() {
	printf '%s\\n' "$folder" | grep -lsaF -f - /proc/[0-9]*/environ /proc/[0-9]*/cmdline
	find /proc/[0-9]*/cwd -lname "$folder*"
}
left=100
while [ "$left" -gt 0 ]; do
	found=$(named | cut -d / -f 3 | sort -u)
	[ -n "$found" ] || break
	for pid in $found; do
		name=
		read -r name <"/proc/$pid/comm"
		[ "$name" = postgres ] && [ "$left" -gt 10 ] || kill -KILL "$pid"
	done
	left=$((left - 1))
	sleep 0.1
done
rm -rf "$folder"
`;
