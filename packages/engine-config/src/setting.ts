/** Where a value came from. */
export type Origin =
	| { readonly kind: "option"; readonly name: string }
	| { readonly kind: "variable"; readonly name: string }
	| { readonly kind: "default" };

/** The origin of what nobody has said. */
export const DEFAULT_ORIGIN: Origin = { kind: "default" };

/** A value that knows where it came from. */
export interface Setting<Value> {
	readonly value: Value;
	readonly origin: Origin;
}

/** Such as "option `endpoint`", for messages. */
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

/** An option that was checked, or what counts without it. */
export function givenSetting<Value>(name: string, value: Value | undefined, fallback: Value): Setting<Value> {
	return {
		value: value ?? fallback,
		origin: value === undefined ? DEFAULT_ORIGIN : { kind: "option", name },
	};
}
