import { EngineError } from "@rivetkit/engine-core";

/** The error of the engine packages that an action throws. */
export function thrownBy(action: () => unknown): EngineError {
	try {
		action();
	} catch (error) {
		if (error instanceof EngineError) return error;
		throw error;
	}
	throw new Error("It threw nothing.");
}
