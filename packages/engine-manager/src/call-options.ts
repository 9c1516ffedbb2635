import { requireObject } from "@rivetkit/engine-config";
import type { Environment } from "@rivetkit/engine-core";
import type { CallOptions as LifecycleCallOptions } from "@rivetkit/engine-lifecycle";
import { processEnvironment } from "./environment.ts";

/** Options that every call takes, beside those of the engine. Without `environment`, that of this process counts. */
export interface CallOptions extends Partial<LifecycleCallOptions> {}

/** The options of a call, in which `environment` may be left out: then the variables of this process count. */
export type Unbound<Options extends { readonly environment: Environment }> = Omit<Options, "environment"> &
	Partial<Pick<Options, "environment">>;

/** Gives a call the variables of this process, unless its options have others. */
export function withEnvironment<Options extends { readonly environment?: Environment | undefined }>(
	options: Options,
): Options & { readonly environment: Environment } {
	requireObject(options);
	return { ...options, environment: options.environment ?? processEnvironment() };
}
