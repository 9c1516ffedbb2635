/** How one platform tells of its processes. What it cannot tell is a value; neither function throws. */
export interface ProcessReader {
	/** Looks at what has `pid`, which something had a moment ago. */
	readProcess(pid: number): Promise<ProcessSighting>;
	/** Looks at where this process is. */
	readPlace(): Promise<ProcessPlace>;
}

/** What a pid was seen to stand for. */
export type ProcessSighting =
	| { readonly kind: "running"; readonly startTime: string }
	/** A zombie: nothing but the pid is left. */
	| { readonly kind: "ended" }
	/** Nobody could say, be it that the process hides or that it is gone by now. */
	| { readonly kind: "unreadable" };

/** The machine, its boot and the pid namespace of a process. Null where the platform does not say. */
export interface ProcessPlace {
	/**
	 * Which boot of the machine.
	 * - Linux: `/proc/sys/kernel/random/boot_id`.
	 * - macOS: the sysctl `kern.bootsessionuuid`.
	 * - Windows: always `any`, as start times there tell the processes of two boots apart by themselves;
	 *   null without a machine id.
	 *
	 * @see random(4)
	 * @see https://github.com/apple-oss-distributions/xnu/blob/main/bsd/kern/kern_sysctl.c
	 */
	readonly bootId: string | null;
	/**
	 * Which machine.
	 * - Linux: `/etc/machine-id`.
	 * - macOS: `IOPlatformUUID` of the I/O registry.
	 * - Windows: `MachineGuid` in `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography`.
	 *
	 * @see machine-id(5)
	 * @see https://opentelemetry.io/docs/specs/semconv/resource/host/ for the same three sources
	 */
	readonly machineId: string | null;
	/**
	 * Within which processes the pid is unique.
	 * - Linux: the target of `/proc/self/ns/pid`.
	 * - macOS and Windows: always `none`.
	 *
	 * @see pid_namespaces(7)
	 */
	readonly pidNamespace: string | null;
}
