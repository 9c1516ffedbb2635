/** A list that grows until it is closed. A caller can wait for an item. */
export interface GrowingList<Item> {
	readonly items: readonly Item[];
	add(item: Item): void;
	/** Closes the list: every waiting `find` rejects with the reason. */
	close(reason: Error): void;
	/** Finds the first item that fits, or waits until one is added. Rejects if the list is closed before. */
	find(fits: (item: Item, index: number) => boolean): Promise<Item>;
}

/** Makes an empty list. */
export function growingList<Item>(): GrowingList<Item> {
	const items: Item[] = [];
	const waiting = new Set<() => void>();
	let closedBy: Error | undefined;
	const wake = (): void => {
		for (const look of waiting) look();
	};
	return {
		items,
		add(item) {
			items.push(item);
			wake();
		},
		close(reason) {
			closedBy = reason;
			wake();
		},
		find: async (fits) =>
			await new Promise((resolve, reject) => {
				const look = (): void => {
					const item = items.find(fits);
					if (item !== undefined) resolve(item);
					else if (closedBy !== undefined) reject(closedBy);
					else return;
					waiting.delete(look);
				};
				waiting.add(look);
				look();
			}),
	};
}
