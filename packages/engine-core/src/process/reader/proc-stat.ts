/** The fields of `/proc/<pid>/stat` that identify a process. */
export interface ProcStat {
	/** One letter; `Z` is a zombie. */
	readonly state: string;
	/** The id of the session, which is the pid of the process that made it. */
	readonly session: number;
	readonly startTime: string;
}

/**
 * Reads a line of `/proc/<pid>/stat`. The command name stands in parentheses and may contain both
 * blanks and parentheses, so the fields are counted from the last `)`.
 *
 * @see proc_pid_stat(5)
 */
export function parseProcStat(line: string): ProcStat {
	const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
	return { state: fields[0] ?? "", session: Number(fields[3]), startTime: fields[19] ?? "" };
}
