import { readFileSync } from "node:fs";
import { isatty } from "node:tty";

/**
 * True if this process is in the foreground of a terminal. Ctrl-C sends SIGINT to the terminal's whole foreground process
 * group, so a child in the same group gets that signal, too. Except on Linux, true for any terminal.
 *
 * @see proc_pid_stat(5), for the fields `pgrp` and `tpgid`
 */
export function isInTerminalForeground(): boolean {
	try {
		return isForegroundGroup(readFileSync("/proc/self/stat", "utf8"));
	} catch {
		return [0, 1, 2].some((descriptor) => isatty(descriptor));
	}
}

/** Reads the text of `/proc/<pid>/stat`. The program name, which is in parentheses, may contain any characters. */
export function isForegroundGroup(stat: string): boolean {
	const [_state, _parent, group, _session, _terminal, foreground] = stat
		.slice(stat.lastIndexOf(")") + 2)
		.split(" ");
	return group !== undefined && group === foreground;
}
