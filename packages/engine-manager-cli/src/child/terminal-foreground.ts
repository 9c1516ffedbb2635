import { readFileSync } from "node:fs";
import { isatty } from "node:tty";

/**
 * True if the keys of a terminal reach this process: Ctrl-C sends SIGINT to the terminal's foreground process group, so
 * a child in the same group gets that signal, too. Elsewhere than on Linux, any terminal counts as ours.
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

/** Reads the text of `/proc/<pid>/stat`. The name of the program, in parentheses, may have any characters in it. */
export function isForegroundGroup(stat: string): boolean {
	const [_state, _parent, group, _session, _terminal, foreground] = stat
		.slice(stat.lastIndexOf(")") + 2)
		.split(" ");
	return group !== undefined && group === foreground;
}
