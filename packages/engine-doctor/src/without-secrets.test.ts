import { describe, expect, it } from "vitest";
import { urlWithoutSecrets, withoutSecrets } from "./without-secrets.ts";

// How these tests were seen to fail: without a look at queries, and with what cannot be parsed shown as it is.

describe("B10 the doctor's redaction", () => {
	it.each([
		["'http://a:b@host/x?token=c' is there", "'http://***@host/x?***' is there"],
		["https://host/x?token=c, asked", "https://host/x?*** asked"],
		["Is http://host/x there? No.", "Is http://host/x there? No."],
	])("of %s is %s", (text, expected) => {
		expect(withoutSecrets(text)).toBe(expected);
	});

	it.each([
		["https://u:p@host/path?token=c", "https://***@host/path?***"],
		["https://host/path#token=c", "https://host/path?***"],
		["https://u:s3c r3t@[bad", "https://***@[bad"],
		["https://host/path", "https://host/path"],
		["./mirror@home?", "./mirror@home?"],
	])("of the URL %s is %s", (text, expected) => {
		expect(urlWithoutSecrets(text)).toBe(expected);
	});
});
