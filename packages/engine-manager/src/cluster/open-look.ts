import { type Environment, isEngineError } from "@rivetkit/engine-core";
import { type EngineContext, openContext } from "../context.ts";
import type { EngineOptions } from "../options.ts";

/** Variables that name a database, other engines or a token. */
const CLUSTER_VARIABLE =
	/^(?:RIVETKIT_ENGINE_(?:POSTGRES|NATS|ADMIN_TOKEN|DATACENTER|PEER)_?|RIVET__AUTH__ADMIN_TOKEN)/i;

/** An environment in which nothing says where an engine keeps its data, nor whom it lets in. */
export function withoutClusterVariables(environment: Environment): Environment {
	return Object.fromEntries(Object.entries(environment).filter(([name]) => !CLUSTER_VARIABLE.test(name)));
}

/**
 * {@link openContext} for who only looks, or stops: an engine is found by its record and its port, so a secret whose
 * file is gone is a warning.
 *
 * @throws EngineError as `openContext`, for everything else.
 */
export function openLook(options: EngineOptions, environment: Environment): EngineContext {
	try {
		return openContext(options, environment);
	} catch (error) {
		const variable = isEngineError(error, "invalid_option") ? error.metadata["variable"] : undefined;
		if (typeof variable !== "string" || !CLUSTER_VARIABLE.test(variable)) throw error;
		const context = openContext(options, withoutClusterVariables(environment));
		context.logger.warn(
			{ variable, reason: (error as Error).message },
			"a variable cannot be used, and is not here",
		);
		return context;
	}
}
