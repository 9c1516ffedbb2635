/** Between two looks at how far another download has come, in milliseconds. */
const LOOK_GAP_MS = 200;

/** Looks again and again at how far somebody else has come. */
export interface OtherWatch extends Disposable {
	begin(): void;
	end(): void;
	/** What was seen last. */
	readonly seen: () => number | undefined;
}

/** Prepares to look at a file that somebody else writes; `begin` begins, and disposing ends it. */
export function watchOther(
	look: () => Promise<number | undefined>,
	onSeen: (bytes: number) => void,
): OtherWatch {
	let timer: NodeJS.Timeout | undefined;
	let latest: number | undefined;
	const update = async (): Promise<void> => {
		const bytes = await look();
		if (timer === undefined || bytes === undefined) return;
		latest = bytes;
		onSeen(bytes);
	};
	const end = (): void => {
		clearInterval(timer);
		timer = undefined;
	};
	return {
		begin: () => {
			timer ??= setInterval(() => void update(), LOOK_GAP_MS);
		},
		end,
		seen: () => latest,
		[Symbol.dispose]: end,
	};
}
