import { localReader } from "../reader/local-reader.ts";
import { type SystemReader, valueOr } from "../reader/system-reader.ts";

/** Lists the inodes of the sockets that a process has open. Empty if the system does not report them. */
export async function socketInodes(
	pid: number,
	reader: SystemReader = localReader(),
): Promise<ReadonlySet<string>> {
	const descriptors = valueOr(await reader.readDescriptors(pid), []);
	return new Set(descriptors.flatMap((one) => (one.kind === "socket" ? one.inode : [])));
}
