/** An event that a process of a race has written to the shared journal. */
export interface JournalEvent {
	/** Nanoseconds of the monotonic clock, which all processes of a machine share. */
	readonly at: bigint;
	readonly pid: number;
	/**
	 * `enter` is written after the process has taken the lock; `leave` and `die` are written before it loses the lock. So
	 * the process certainly holds the lock in between. `unavailable`: its task runs without the lock.
	 */
	readonly kind: "enter" | "leave" | "die" | "unavailable";
}

/** Result of a race. */
export interface Verdict {
	/** The number of acquisitions. */
	readonly acquisitions: number;
	/** The number of acquisitions that ended with the death of the holder. */
	readonly deaths: number;
	/** The number of tasks that ran without the lock. */
	readonly unavailable: number;
	/** Each case in which a process entered while another process was inside. */
	readonly doubleHolders: readonly string[];
}

/** Judges a race by the times in the journal, since lines from different processes need not be in order. */
export function judgeJournal(events: readonly JournalEvent[]): Verdict {
	const inside = new Map<number, bigint>();
	const doubleHolders: string[] = [];
	const count = { acquisitions: 0, deaths: 0, unavailable: 0 };
	for (const { at, pid, kind } of events.toSorted((left, right) => compare(left.at, right.at))) {
		switch (kind) {
			case "enter":
				count.acquisitions++;
				for (const [other, since] of inside) {
					doubleHolders.push(`${pid} entered at ${at}, while ${other} was inside since ${since}`);
				}
				inside.set(pid, at);
				break;
			case "leave":
				inside.delete(pid);
				break;
			case "die":
				if (inside.delete(pid)) count.deaths++;
				break;
			case "unavailable":
				count.unavailable++;
		}
	}
	return { ...count, doubleHolders };
}

/** Formats an event as a line of a journal. */
export function journalLine({ at, pid, kind }: JournalEvent): string {
	return `${at} ${pid} ${kind}\n`;
}

/** Parses the events of a journal. @throws Error on a line that no process writes */
export function parseJournal(text: string): readonly JournalEvent[] {
	return text
		.split("\n")
		.filter(Boolean)
		.map((line) => {
			const [, at, pid, kind] = /^(\d+) (\d+) (enter|leave|die|unavailable)$/.exec(line) ?? [];
			if (at === undefined) throw new Error(`The journal has a line '${line}'.`);
			return { at: BigInt(at), pid: Number(pid), kind: kind as JournalEvent["kind"] };
		});
}

function compare(left: bigint, right: bigint): number {
	if (left === right) return 0;
	return left < right ? -1 : 1;
}
