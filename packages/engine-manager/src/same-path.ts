import { realpath } from "node:fs/promises";

/** Whether two paths lead to the same place, links resolved as far as they exist. */
export async function samePath(left: string, right: string): Promise<boolean> {
	const [one, other] = await Promise.all([left, right].map((path) => realpath(path).catch(() => path)));
	return one === other;
}
