import type { BinaryOptions, LaunchOptions } from "@rivetkit/engine-config";
import type { Environment } from "@rivetkit/engine-core";
import type { CallOptions } from "@rivetkit/engine-lifecycle";

/** How a throw-away engine shall run. Where it runs is found out. */
export interface EphemeralEngineOptions
	extends BinaryOptions,
		Pick<LaunchOptions, "config" | "cwd" | "env" | "preset">,
		Omit<CallOptions, "environment"> {
	/** The variables that the engine inherits, and that may say where its binary is. @defaultValue those of this process */
	readonly environment?: Environment | undefined;
	/** From the spawn to the first healthy answer, in milliseconds. @defaultValue 30000 */
	readonly timeoutMs?: number | undefined;
	/** Told of every line that the engine logs, as it comes. */
	readonly onLog?: ((line: string, stream: "stdout" | "stderr") => void) | undefined;
	/**
	 * Whether the engine's files stay if it did not start, ended by itself, or was ended by somebody else. The
	 * logger and the error say where they are. @defaultValue false
	 */
	readonly keepOnFailure?: boolean | undefined;
	/**
	 * All of this user's processes that name the same key share one engine, which the options of the first
	 * describe. The last one out stops it. @defaultValue an engine of its own
	 */
	readonly sharedKey?: string | undefined;
}
