import { describe, expect, test } from "vitest";
import { tlsHint } from "./tls-hint.ts";

describe("B23 the advice for an error of TLS", () => {
	test.each([
		"DEPTH_ZERO_SELF_SIGNED_CERT",
		"SELF_SIGNED_CERT_IN_CHAIN",
		"UNABLE_TO_VERIFY_LEAF_SIGNATURE",
		"UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
		"UNABLE_TO_GET_ISSUER_CERT",
	])("names NODE_EXTRA_CA_CERTS for %s", (code) => {
		expect(tlsHint(code)).toContain("`NODE_EXTRA_CA_CERTS`");
	});

	test.each([
		["CERT_HAS_EXPIRED", "clock"],
		["CERT_NOT_YET_VALID", "clock"],
		["ERR_TLS_CERT_ALTNAME_INVALID", "belongs to another host"],
		["HOSTNAME_MISMATCH", "belongs to another host"],
		["ERR_SSL_WRONG_VERSION_NUMBER", "does not speak TLS"],
	])("for %s names no variable; it says: %s", (code, text) => {
		expect(tlsHint(code)).toContain(text);
		expect(tlsHint(code)).not.toContain("NODE_EXTRA_CA_CERTS");
	});

	test.each(["CERT_REVOKED", "", "ECONNRESET", "toString"])("is missing for %j", (code) => {
		expect(tlsHint(code)).toBeUndefined();
	});
});
