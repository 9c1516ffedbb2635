import { expect, test } from "vitest";
import { openGuardWarning } from "./open-guard-warning.ts";

test("B42 warns about a guard without a token that other machines can reach", () => {
	expect(openGuardWarning({ host: "0.0.0.0", hasToken: false })).toContain("without an admin token");
	expect(openGuardWarning({ host: "192.0.2.1", hasToken: false })).toContain("192.0.2.1");
	expect(openGuardWarning({ host: "0.0.0.0", hasToken: true })).toBeUndefined();
	expect(openGuardWarning({ host: "127.0.0.1", hasToken: false })).toBeUndefined();
	expect(openGuardWarning({ host: "::1", hasToken: false })).toBeUndefined();
});
