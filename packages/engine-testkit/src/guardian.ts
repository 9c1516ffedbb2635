import { spawn } from "node:child_process";
import { once } from "node:events";

/** A guardian of a folder. Disposing kills the processes that work in the folder, and removes the folder. */
export interface Guardian extends AsyncDisposable {
	/** Adds the processes of a server. At the end the first process is asked to quit; if it does not, all are killed. */
	watch(pids: readonly number[]): void;
}

/**
 * Guards a folder. After this process has ended in any way, the folder is removed, and every process is killed that works
 * in the folder or names it in its environment variables or command line (on Linux only). Vitest ends its workers with a
 * signal, so an `exit` listener is not enough. Instead, a shell in its own session waits until its stdin is closed by the
 * end of this process.
 */
export function guardFolder(folder: string): Guardian {
	const shell = spawn("sh", ["-c", PROGRAM, "guardian"], {
		cwd: "/",
		// The guardian of an outer folder must not find this shell through its environment variables.
		env: { PATH: process.env["PATH"] },
		stdio: ["pipe", "ignore", "ignore"],
		detached: true,
	});
	const ended = once(shell, "close");
	// The pipe breaks if somebody has killed the guardian.
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
 * PostgreSQL needs up to 5 s to end after SIGQUIT, and then leaves no shared memory behind. The guardian of PostgreSQL's
 * folder sends SIGQUIT, so the guardian of the outer folder waits.
 *
 * No command below has the folder in its own command line, because the search for processes would find the command.
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
