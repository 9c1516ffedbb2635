import { spawn } from "node:child_process";
import { once } from "node:events";

/** A guardian of a folder. Disposing kills the processes that work in the folder, and removes the folder. */
export interface Guardian extends AsyncDisposable {
	/** Takes the processes of a server: the first is asked to quit, and all are killed if it does not. */
	watch(pids: readonly number[]): void;
}

/**
 * Guards a folder. Soon after this process has ended, in whatever way, the folder is removed, and every process is killed
 * that names the folder in its variables or its command line, or works in it. Vitest ends its workers by a signal, so
 * an `exit` listener would not do: a shell in a session of its own waits until its stdin ends with this process. The
 * processes are found on Linux alone.
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
 * PostgreSQL takes up to 5 s to end on SIGQUIT, and then leaves no shared memory behind. The guardian of its folder
 * sends SIGQUIT, so the guardian of a folder around it waits.
 *
 * No command below has the folder in its own command line: the search for processes would find it.
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
