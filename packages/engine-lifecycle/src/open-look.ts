import type { EngineOptions } from "@rivetkit/engine-config";
import { type EngineError, type Environment, isEngineError } from "@rivetkit/engine-core";
import { type CallOptions, type EngineContext, openContext } from "./context.ts";

/** Variables that name a database, other engines or a token, in groups of which one is of no use without the rest. */
const GROUPS: readonly RegExp[] = [
	/^RIVETKIT_ENGINE_POSTGRES_/i,
	/^RIVETKIT_ENGINE_NATS_/i,
	/^(?:RIVETKIT_ENGINE_ADMIN_TOKEN|RIVET__AUTH__ADMIN_TOKEN)/i,
	/^RIVETKIT_ENGINE_(?:DATACENTER|PEER)_/i,
];

/** An environment in which nothing says where an engine keeps its data, nor whom it lets in. */
export function withoutClusterVariables(environment: Environment): Environment {
	return GROUPS.reduce(without, environment);
}

/**
 * {@link openContext} for who only looks, or stops: an engine is found by its record and its port, so a secret whose
 * file is gone is a warning.
 *
 * @throws EngineError as `openContext`, for everything else.
 */
export function openLook(options: EngineOptions & CallOptions): EngineContext {
	const flaws: EngineError[] = [];
	for (let usable = options.environment; ; ) {
		try {
			const context = openContext({ ...options, environment: usable });
			for (const { message } of flaws) context.logger.warn({ reason: message }, "a variable is left out");
			return context;
		} catch (error) {
			if (!isEngineError(error, "invalid_option")) throw error;
			flaws.push(error);
			const group = groupOf(error.metadata["variable"], usable);
			// What the variables that were left out are missed for is not the cause.
			if (group === undefined) throw flaws[0];
			usable = without(usable, group);
		}
	}
}

function groupOf(variable: unknown, environment: Environment): RegExp | undefined {
	if (typeof variable !== "string" || !(variable in environment)) return undefined;
	return GROUPS.find((group) => group.test(variable));
}

function without(environment: Environment, group: RegExp): Environment {
	return Object.fromEntries(Object.entries(environment).filter(([name]) => !group.test(name)));
}
