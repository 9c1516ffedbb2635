import { redactSecrets } from "./redact.ts";

const brand: symbol = Symbol.for("@rivetkit/engine-core/EngineError");

/** Details of an {@link EngineError}. Credentials in their strings are removed. */
export interface EngineErrorMetadata {
	/** A sentence that says what to do next. */
	readonly hint?: string | undefined;
	readonly [key: string]: unknown;
}

/**
 * An error with the same properties as Rivet's own errors: `group`, `code`, `message`, `metadata`.
 * Credentials in URLs are removed from its message and metadata when it is made.
 */
export class EngineError<Code extends string = string> extends Error {
	override readonly name = "EngineError";
	readonly group = "engine";
	/** A stable, machine-readable name for what went wrong. */
	readonly code: Code;
	readonly metadata: EngineErrorMetadata;

	constructor(
		code: Code,
		message: string,
		options: { readonly metadata?: EngineErrorMetadata; readonly cause?: unknown } = {},
	) {
		super(redactSecrets(message), options.cause === undefined ? undefined : { cause: options.cause });
		this.code = code;
		this.metadata = redactRecord(options.metadata ?? {});
		Object.defineProperty(this, brand, { value: true });
	}
}

/**
 * True if `value` is an {@link EngineError} and has `code`, if a code is given. Errors from another installed copy of this
 * package count, too.
 */
export function isEngineError<Code extends string = string>(
	value: unknown,
	code?: Code,
): value is EngineError<Code> {
	if (!(value instanceof Error) || !(brand in value)) return false;
	return code === undefined || (value as EngineError).code === code;
}

/**
 * Makes an error from another error, which becomes its cause. Code and message are copied unless `more` has others.
 *
 * @param more - `metadata` is added to the metadata of the first error.
 */
export function extendedError<Code extends string>(
	error: EngineError<Code>,
	more: {
		readonly code?: Code | undefined;
		readonly message?: string | undefined;
		readonly metadata?: EngineErrorMetadata | undefined;
	},
): EngineError<Code> {
	const { code = error.code, message = error.message, metadata } = more;
	return new EngineError(code, message, { metadata: { ...error.metadata, ...metadata }, cause: error });
}

function redactRecord(metadata: EngineErrorMetadata): EngineErrorMetadata {
	return Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, redactValue(value)]));
}

function redactValue(value: unknown): unknown {
	if (typeof value === "string") return redactSecrets(value);
	if (Array.isArray(value)) return value.map(redactValue);
	if (value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
		return redactRecord(value as EngineErrorMetadata);
	}
	return value;
}
