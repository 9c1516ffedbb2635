import type { ConfiguredStorage, EngineConfiguration } from "@rivetkit/engine-config";
import { engineBindsLoopbackOnly, portOccupiedError } from "@rivetkit/engine-core";
import type { Mismatch } from "../engine.ts";
import { versionMismatchError } from "./version-mismatch-error.ts";

/**
 * Checks that a running engine may be reused in spite of its differences. Pure.
 *
 * @throws EngineError `port_occupied`, `version_mismatch`.
 */
export function requireReusable(
	{ endpoint, onVersionMismatch, storage }: EngineConfiguration,
	mismatch: readonly Mismatch[],
): void {
	const flaw = mismatch
		.map((one) => whyUnusable(one, storage.value.kind))
		.find((reason) => reason !== undefined);
	if (flaw !== undefined) {
		throw portOccupiedError(endpoint.value, "engine", {
			reason: flaw,
			hint: `The engine that runs there is not the one that was asked for: ${flaw}. Stop it where it was started and start again, or choose another port with \`bindPort\` and another instance with \`instancePath\`.`,
		});
	}
	const version = mismatch.find(({ field }) => field === "version");
	if (version === undefined) return;
	if (onVersionMismatch.value === "error") throw versionMismatchError(endpoint.value, version);
	if (onVersionMismatch.value === "restart") {
		const reason = "another program has started it at this very moment";
		throw versionMismatchError(endpoint.value, version, { reason });
	}
}

/** Returns why an engine with this difference cannot be reused; undefined if a warning is enough. */
function whyUnusable(
	{ field, expected, actual }: Mismatch,
	storage: ConfiguredStorage["kind"],
): string | undefined {
	switch (field) {
		case "bindHost":
			return actual !== undefined && engineBindsLoopbackOnly(actual) && !engineBindsLoopbackOnly(expected)
				? `it listens on ${actual} only, and ${expected} was asked for`
				: undefined;
		case "storage":
			if (storage === "file-system") return undefined;
			return actual === undefined
				? `it is not known where its data is, and ${expected} was asked for`
				: `its data is in ${actual}, and ${expected} was asked for`;
		case "messaging":
			return "it does not use NATS, which was asked for";
		case "adminToken":
			return actual === undefined
				? "it is not known whether it requires a token, and a token was asked for"
				: "it accepts requests without a token, and a token was asked for";
		case "publicUrl":
		case "version":
			return undefined;
	}
}
