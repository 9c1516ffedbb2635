/** The answer of a system to a question. Not to be told is an answer too; absence is known. */
export type Answer<Value> = { readonly kind: "known"; readonly value: Value } | { readonly kind: "unknown" };

/** The answer to a question that the system cannot or will not tell. */
export const UNKNOWN: { readonly kind: "unknown" } = { kind: "unknown" };

/** The answer to a question that the system tells. */
export function known<Value>(value: Value): Answer<Value> {
	return { kind: "known", value };
}

/** Gives the known value, or `otherwise`. */
export function valueOr<Value>(answer: Answer<Value>, otherwise: Value): Value {
	return answer.kind === "known" ? answer.value : otherwise;
}

/**
 * What one platform tells of its processes, sockets and locks. No question throws. A process that has ended has
 * nothing: its answers are known, and empty or undefined.
 */
export interface SystemReader {
	/** Lists the pids of all processes. */
	readProcesses(): Promise<Answer<readonly number[]>>;
	/** Reads the path of what a process executes, where it was when it was started. */
	readExecutable(pid: number): Promise<Answer<string | undefined>>;
	/** Reads the name that a process gives itself. */
	readOwnName(pid: number): Promise<Answer<string | undefined>>;
	/** Reads the command line of a process, which begins with the program's name. */
	readArguments(pid: number): Promise<Answer<readonly string[]>>;
	/** Lists what a process has open. */
	readDescriptors(pid: number): Promise<Answer<readonly Descriptor[]>>;
	/** Reads how many files a process may have open: its soft limit, Infinity if there is none. */
	readOpenFilesLimit(pid: number): Promise<Answer<number | undefined>>;
	/** Lists the TCP sockets of one family in one state, in the network namespace of this process. */
	readTcpSockets(family: AddressFamily, state: TcpState): Promise<Answer<readonly TcpSocket[]>>;
	/** Lists the locks on files that are held, without those that are waited for. */
	readFileLocks(): Promise<Answer<readonly FileLock[]>>;
}

/** The version of the internet protocol. */
export type AddressFamily = 4 | 6;

/** The states of a TCP socket that are asked for. */
export type TcpState = "listening" | "established";

/** A descriptor that a process has open. */
export type Descriptor =
	| { readonly kind: "socket"; readonly inode: string }
	/** The path, or the system's name for a pipe and the like; empty if it was closed while it was looked at. */
	| { readonly kind: "file"; readonly path: string };

/** A TCP socket of this machine. */
export interface TcpSocket {
	readonly local: SocketAddress;
	/** The other end; every address and port 0 for a listening socket. */
	readonly remote: SocketAddress;
	readonly inode: string;
}

/** An end of a TCP connection. */
export interface SocketAddress {
	/** As `127.0.0.1` or `::1`. */
	readonly host: string;
	readonly port: number;
}

/** A lock that is held on a file. */
export interface FileLock {
	readonly inode: string;
	/** Undefined if the process is in another pid namespace, which this one does not see. */
	readonly pid: number | undefined;
}
