import type { BinaryOptions, LaunchOptions } from "@rivetkit/engine-config";
import type { Environment } from "@rivetkit/engine-core";
import type { CallOptions } from "@rivetkit/engine-lifecycle";

/** How to run a throw-away engine. Its ports and storage cannot be chosen. */
export interface EphemeralEngineOptions
	extends BinaryOptions,
		Pick<LaunchOptions, "config" | "cwd" | "env" | "preset">,
		Omit<CallOptions, "environment"> {
	/** The environment variables for the engine. They may name its binary. @defaultValue those of this process */
	readonly environment?: Environment | undefined;
	/** The time from the spawn to the first healthy answer, in milliseconds. @defaultValue 30000 */
	readonly timeoutMs?: number | undefined;
	/** Called with every line of the engine's log as soon as the line is written. */
	readonly onLog?: ((line: string, stream: "stdout" | "stderr") => void) | undefined;
	/**
	 * True to keep the files of an engine that did not start, ended by itself, or was ended by another program. The
	 * logger and the error name their folder. @defaultValue false
	 */
	readonly keepOnFailure?: boolean | undefined;
}

/** The options of a start, including its environment variables. */
export type BoundOptions = EphemeralEngineOptions & { readonly environment: Environment };
