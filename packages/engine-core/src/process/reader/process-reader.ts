/** Reads facts about processes on one platform. A fact that cannot be read has a value for that case; nothing throws. */
export interface ProcessReader {
	/** Looks at the process that has `pid`. The caller has just seen that such a process exists. */
	readProcess(pid: number): Promise<ProcessSighting>;
	/** Reads the machine, boot and pid namespace of this process. */
	readPlace(): Promise<ProcessPlace>;
}

/** Result of a look at the process that has a pid. */
export type ProcessSighting =
	| { readonly kind: "running"; readonly startTime: string }
	/** The process is a zombie: only its pid is left. */
	| { readonly kind: "ended" }
	/** Nothing could be read: for example, the process is hidden, or has ended in the meantime. */
	| { readonly kind: "unreadable" };

/** The machine, its boot and the pid namespace of a process. A field is null if it cannot be read. */
export interface ProcessPlace {
	/**
	 * The boot of the machine.
	 * - Linux: `/proc/sys/kernel/random/boot_id`.
	 * - macOS: the sysctl `kern.bootsessionuuid`.
	 * - Windows: always `any`, since start times alone distinguish the processes of two boots there;
	 *   null without a machine id.
	 *
	 * @see random(4)
	 * @see https://github.com/apple-oss-distributions/xnu/blob/main/bsd/kern/kern_sysctl.c
	 */
	readonly bootId: string | null;
	/**
	 * The machine.
	 * - Linux: `/etc/machine-id`.
	 * - macOS: `IOPlatformUUID` of the I/O registry.
	 * - Windows: `MachineGuid` in `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography`.
	 *
	 * @see machine-id(5)
	 * @see https://opentelemetry.io/docs/specs/semconv/resource/host/ for the same three sources
	 */
	readonly machineId: string | null;
	/**
	 * The namespace in which the pid is unique.
	 * - Linux: the target of `/proc/self/ns/pid`.
	 * - macOS and Windows: always `none`.
	 *
	 * @see pid_namespaces(7)
	 */
	readonly pidNamespace: string | null;
}
