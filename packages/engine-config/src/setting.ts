/** The source of a value. */
export type Origin =
	| { readonly kind: "option"; readonly name: string }
	| { readonly kind: "variable"; readonly name: string }
	| { readonly kind: "default" };

/** The origin of a default value. */
export const DEFAULT_ORIGIN: Origin = { kind: "default" };

/** A value and its origin. */
export interface Setting<Value> {
	readonly value: Value;
	readonly origin: Origin;
}

/** Describes an origin for messages, such as "option `endpoint`". */
export function describeOrigin(origin: Origin): string {
	switch (origin.kind) {
		case "option":
			return `option \`${origin.name}\``;
		case "variable":
			return `variable \`${origin.name}\``;
		case "default":
			return "the default";
	}
}

/** Makes the setting for a validated option; `fallback` is the value if the option is not given. */
export function optionSetting<Value>(
	name: string,
	value: Value | undefined,
	fallback: Value,
): Setting<Value> {
	return {
		value: value ?? fallback,
		origin: value === undefined ? DEFAULT_ORIGIN : { kind: "option", name },
	};
}
