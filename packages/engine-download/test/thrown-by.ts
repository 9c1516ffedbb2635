import { EngineError } from "@rivetkit/engine-core";

/** Runs an action, and gives the `EngineError` that it throws. */
export function thrownBy(action: () => unknown): EngineError {
	try {
		action();
	} catch (error) {
		if (error instanceof EngineError) return error;
		throw error;
	}
	throw new Error("It threw nothing.");
}
