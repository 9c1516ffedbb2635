import { describe, expect, test } from "vitest";
import { redactSecrets, redactUnparsed, redactUrl, redactUrls } from "./redact.ts";

describe("B10 redaction", () => {
	test.each([
		["http://default:token@host:6420/x", "http://***@host:6420/x"],
		["HTTPS://token@host", "HTTPS://***@host"],
		["postgresql://rivet:p@ss@db:5432/rivet", "postgresql://***@db:5432/rivet"],
		["from http://a:b@one to http://c:d@two", "from http://***@one to http://***@two"],
		["'http://:only-password@host'", "'http://***@host'"],
		["a://b://c:d@host", "a://b://***@host"],
		["1.http://a@b", "1.http://***@b"],
	])("%s becomes %s", (text, redacted) => {
		expect(redactSecrets(text)).toBe(redacted);
	});

	test.each([
		"http://127.0.0.1:6420/health",
		"http://host/@scope/package",
		"http://host?mail=a@b",
		"somebody@example.org",
		"@rivetkit/engine-cli",
		"://a@b",
		"1://a@b",
		"",
	])("'%s' stays as it is", (text) => {
		expect(redactSecrets(text)).toBe(text);
	});
});

describe("B10 redaction of credentials and queries", () => {
	test.each([
		["'http://a:b@host/x?token=c' is there", "'http://***@host/x?***' is there"],
		["https://host/x?token=c, asked", "https://host/x?*** asked"],
		["Is http://host/x there? No.", "Is http://host/x there? No."],
		["http://host/x?a=b#token", "http://host/x?***"],
		["http://a/http://b?c=d", "http://a/http://b?***"],
	])("%s becomes %s", (text, redacted) => {
		expect(redactUrls(text)).toBe(redacted);
	});

	test.each([
		["https://u:p@host/path?token=c", "https://***@host/path?***"],
		["https://host/path#token=c", "https://host/path?***"],
		["https://u:s3c r3t@[bad", "https://***@[bad"],
		["https://host/path", "https://host/path"],
		["./mirror@home?", "./mirror@home?"],
	])("of the URL %s is %s", (text, redacted) => {
		expect(redactUrl(text)).toBe(redacted);
	});

	test.each([
		["me:sec@ret@mirror.example", "***@mirror.example"],
		["ftp://me:sec ret@[a", "ftp://***@[a"],
		["http:/u:p/w@host", "http:/***@host"],
		["localhost:6420", "localhost:6420"],
	])("of the malformed URL %s is %s", (text, redacted) => {
		expect(redactUnparsed(text)).toBe(redacted);
	});
});

describe("B10 the time of a redaction", () => {
	test.each([
		["a scheme without an end", "a".repeat(200_000)],
		["many schemes", "a://".repeat(50_000)],
		["many authorities", `a://${"b:@".repeat(60_000)}`],
		["blanks and colons", ": ".repeat(100_000)],
	])("is proportional to the length of the text: %s", (_, text) => {
		expect(
			[redactSecrets, redactUrls, redactUrl, redactUnparsed].map((redact) => typeof redact(text)),
		).toEqual(["string", "string", "string", "string"]);
	});
});
