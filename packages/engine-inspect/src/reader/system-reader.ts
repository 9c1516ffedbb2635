/**
 * The system's answer to a question: a value, which may mean that something is absent, or `unknown` if the system
 * does not answer.
 */
export type Answer<Value> = { readonly kind: "known"; readonly value: Value } | { readonly kind: "unknown" };

/** The answer if the system does not answer. */
export const UNKNOWN: { readonly kind: "unknown" } = { kind: "unknown" };

/** Makes a known answer. */
export function known<Value>(value: Value): Answer<Value> {
	return { kind: "known", value };
}

/** Returns the known value, or `otherwise`. */
export function valueOr<Value>(answer: Answer<Value>, otherwise: Value): Value {
	return answer.kind === "known" ? answer.value : otherwise;
}

/**
 * The questions about processes, sockets and locks that every platform answers in its own way. No question throws. The
 * answers about a process that has ended are known, and empty or undefined.
 */
export interface SystemReader {
	/** Lists the pids of all processes. */
	readProcesses(): Promise<Answer<readonly number[]>>;
	/** Reads the path of the file that a process executes, as it was at the start of the process. */
	readExecutable(pid: number): Promise<Answer<string | undefined>>;
	/** Reads the name that a process gives itself. */
	readOwnName(pid: number): Promise<Answer<string | undefined>>;
	/** Reads the command line of a process, which begins with the program's name. */
	readArguments(pid: number): Promise<Answer<readonly string[]>>;
	/** Lists the descriptors that a process has open. */
	readDescriptors(pid: number): Promise<Answer<readonly Descriptor[]>>;
	/** Reads the number of files that a process may have open: its soft limit, or Infinity without a limit. */
	readOpenFilesLimit(pid: number): Promise<Answer<number | undefined>>;
	/** Lists the TCP sockets of one family in one state, in the network namespace of this process. */
	readTcpSockets(family: AddressFamily, state: TcpState): Promise<Answer<readonly TcpSocket[]>>;
	/** Lists the locks on files that are held. Locks that a process waits for are left out. */
	readFileLocks(): Promise<Answer<readonly FileLock[]>>;
}

/** The version of the internet protocol. */
export type AddressFamily = 4 | 6;

/** A state of a TCP socket. */
export type TcpState = "listening" | "established";

/** A descriptor that a process has open. */
export type Descriptor =
	| { readonly kind: "socket"; readonly inode: string }
	/** For a pipe and the like, `path` is a name from the system. Empty if the descriptor was closed while it was read. */
	| { readonly kind: "file"; readonly path: string };

/** A TCP socket of this machine. */
export interface TcpSocket {
	readonly local: SocketAddress;
	/** The address at the other end. A listening socket has the address 0.0.0.0 or :: and port 0 here. */
	readonly remote: SocketAddress;
	readonly inode: string;
}

/** The address and port of one end of a TCP connection. */
export interface SocketAddress {
	/** Such as `127.0.0.1` or `::1`. */
	readonly host: string;
	readonly port: number;
}

/** A lock that is held on a file. */
export interface FileLock {
	readonly inode: string;
	/** Undefined if the process is in another pid namespace, which this process does not see. */
	readonly pid: number | undefined;
}
