import { type EngineError, isEngineError } from "@rivetkit/engine-core";

/** Waits until `promise` rejects, and returns the reason, which must be an `EngineError` with this code. */
export async function expectEngineError<Code extends string>(
	promise: PromiseLike<unknown>,
	code: Code,
): Promise<EngineError<Code>> {
	let value: unknown;
	try {
		value = await promise;
	} catch (error) {
		if (isEngineError(error, code)) return error;
		throw new Error(`Expected an EngineError '${code}', but it was rejected with ${describeReason(error)}`, {
			cause: error,
		});
	}
	throw new Error(`Expected an EngineError '${code}', but it resolved to ${print(value)}`);
}

function describeReason(error: unknown): string {
	if (isEngineError(error)) return `EngineError '${error.code}': ${error.message}`;
	return error instanceof Error ? String(error.stack ?? error) : print(error);
}

function print(value: unknown): string {
	try {
		return JSON.stringify(value) ?? String(value);
	} catch {
		return String(value);
	}
}
