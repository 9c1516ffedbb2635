import { EngineError } from "../errors.ts";
import type { EngineEndpoint } from "./endpoint.ts";

/** Makes the error for an endpoint at which a server other than the wanted engine answers. */
export function portOccupiedError(
	endpoint: EngineEndpoint,
	runtime: string,
	metadata: { readonly reason?: string; readonly hint?: string } = {},
): EngineError<"port_occupied"> {
	return new EngineError(
		"port_occupied",
		`Cannot start engine: endpoint '${endpoint.url}' is already serving runtime '${runtime}'. Stop that process and retry.`,
		{ metadata: { endpoint: endpoint.url, runtime, ...metadata } },
	);
}
