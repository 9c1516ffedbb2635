/** What one process wrote of itself into the journal that all of a race share. */
export interface JournalEvent {
	/** Nanoseconds of the monotonic clock, which is one for all processes of a machine. */
	readonly at: bigint;
	readonly pid: number;
	/**
	 * `enter` follows the moment from which it has the lock; `leave` and `die` precede the one from which it has
	 * it no more. So what lies between is held for certain. `unavailable`: it runs without the lock.
	 */
	readonly kind: "enter" | "leave" | "die" | "unavailable";
}

/** What a journal proves. */
export interface Verdict {
	/** How often the lock was had. */
	readonly acquisitions: number;
	/** How many of those ended with the death of the holder. */
	readonly deaths: number;
	/** How often a task ran without the lock. */
	readonly unavailable: number;
	/** Each time that a process entered while another was inside. */
	readonly doubleHolders: readonly string[];
}

/** Judges by the clock alone: the lines of different processes need not stand in order. */
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

/** A line of a journal. */
export function journalLine({ at, pid, kind }: JournalEvent): string {
	return `${at} ${pid} ${kind}\n`;
}

/** The events of a journal. @throws Error on a line that no process writes */
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
