import type { FailedPlace } from "../failure/download-error.ts";
import type { FailedAttempt } from "../failure/failed-attempt.ts";

/** What came of one attempt. */
export type AttemptResult = { readonly kind: "received" } | FailedAttempt;

/** What came of one place. */
export type PlaceResult =
	| { readonly kind: "received" }
	| { readonly kind: "failed"; readonly failed: FailedPlace };
