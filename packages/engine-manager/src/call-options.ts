import { requireObject } from "@rivetkit/engine-config";
import type { Environment } from "@rivetkit/engine-core";
import type { CallOptions as LifecycleCallOptions } from "@rivetkit/engine-lifecycle";
import { processEnvironment } from "./environment.ts";

/**
 * Options that every call takes, in addition to the options of the engine. Without `environment`, a call uses the
 * environment of this process.
 */
export interface CallOptions extends Partial<LifecycleCallOptions> {}

/** The options of a call, in which `environment` may be left out: the default is the environment of this process. */
export type Unbound<Options extends { readonly environment: Environment }> = Omit<Options, "environment"> &
	Partial<Pick<Options, "environment">>;

/** Adds the environment variables of this process to the options of a call, unless the options have others. */
export function withEnvironment<Options extends { readonly environment?: Environment | undefined }>(
	options: Options,
): Options & { readonly environment: Environment } {
	requireObject(options);
	return { ...options, environment: options.environment ?? processEnvironment() };
}
