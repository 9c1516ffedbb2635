/** Reads the soft limit of open files in a text like `/proc/<pid>/limits`. @see proc_pid_limits(5) */
export function openFilesLimit(limits: string): number | undefined {
	const soft = /^Max open files\s+(\S+)/m.exec(limits)?.[1];
	if (soft === undefined) return undefined;
	return soft === "unlimited" ? Number.POSITIVE_INFINITY : Number(soft);
}
