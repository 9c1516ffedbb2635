/**
 * Tasks that end or remove what must not outlive this process, the latest last.
 * @type {(() => Promise<unknown>)[]}
 */
const tasks = [];

/**
 * Has `task` run at the end, or on Ctrl-C, unless it was done before.
 *
 * @param {() => Promise<unknown>} task
 * @returns {() => Promise<void>} Does it now.
 */
export function finallyDo(task) {
	tasks.push(task);
	return async () => {
		const index = tasks.indexOf(task);
		if (index === -1) return;
		tasks.splice(index, 1);
		await task();
	};
}

/** @type {Promise<void> | undefined} */
let ending;

/** Undoes everything, the latest first, whatever fails on the way. A second call awaits the first. */
export async function endEverything() {
	ending ??= undoAll();
	await ending;
}

async function undoAll() {
	for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
		await task().catch((error) => console.error(`Not cleaned up: ${error}`));
	}
}

/** Ends in good order when the user or the system asks for it. */
export function onInterrupt() {
	for (const [signal, code] of /** @type {const} */ ([
		["SIGINT", 130],
		["SIGTERM", 143],
		["SIGHUP", 129],
	])) {
		process.on(signal, () => void endEverything().then(() => process.exit(code)));
	}
}
