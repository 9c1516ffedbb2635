import type { FailedPlace } from "../failure/download-error.ts";
import type { FailedAttempt } from "../failure/failed-attempt.ts";

/** The result of one attempt. */
export type AttemptResult = { readonly kind: "received" } | FailedAttempt;

/** The result of all attempts at one place. */
export type PlaceResult =
	| { readonly kind: "received" }
	| { readonly kind: "failed"; readonly failed: FailedPlace };
