import { describe, expect, test } from "vitest";
import { redactSecrets } from "./redact.ts";

describe("B10 redaction", () => {
	test.each([
		["http://default:token@host:6420/x", "http://***@host:6420/x"],
		["HTTPS://token@host", "HTTPS://***@host"],
		["postgresql://rivet:p@ss@db:5432/rivet", "postgresql://***@db:5432/rivet"],
		["from http://a:b@one to http://c:d@two", "from http://***@one to http://***@two"],
		["'http://:only-password@host'", "'http://***@host'"],
	])("%s becomes %s", (text, redacted) => {
		expect(redactSecrets(text)).toBe(redacted);
	});

	test.each([
		"http://127.0.0.1:6420/health",
		"http://host/@scope/package",
		"http://host?mail=a@b",
		"somebody@example.org",
		"@rivetkit/engine-cli",
		"",
	])("'%s' stays as it is", (text) => {
		expect(redactSecrets(text)).toBe(text);
	});
});
