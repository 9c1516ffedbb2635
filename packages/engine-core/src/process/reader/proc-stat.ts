/** The fields of `/proc/<pid>/stat` that identify a process. */
export interface ProcStat {
	/** A letter; `Z` is a zombie. */
	readonly state: string;
	/** The id of the session: the pid of the process that created it. */
	readonly session: number;
	readonly startTime: string;
}

/**
 * Parses a line of `/proc/<pid>/stat`. The command's name is in parentheses and may itself contain blanks and
 * parentheses, so the fields are counted from the last `)`.
 *
 * @see proc_pid_stat(5)
 */
export function parseProcStat(line: string): ProcStat {
	const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
	return { state: fields[0] ?? "", session: Number(fields[3]), startTime: fields[19] ?? "" };
}
