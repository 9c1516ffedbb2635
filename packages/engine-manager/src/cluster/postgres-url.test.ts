import { describe, expect, test } from "vitest";
import { parsePostgresUrl } from "./postgres-url.ts";

describe("B42 a URL of PostgreSQL", () => {
	test.each([
		["postgresql://u:p@db.internal:5433/app", "db.internal:5433/app"],
		["postgres://u@db.internal/app?sslmode=require", "db.internal:5432/app"],
		["postgresql://[::1]:5432/app", "[::1]:5432/app"],
		["postgresql://u:p@a:1,b:2/app", "a:1,b:2/app"],
		["postgresql://u:p@db/a%20b", "db:5432/a b"],
		// As PostgreSQL has it, the database is then the user's.
		["postgresql://rivet:p@db", "db:5432/rivet"],
		["postgresql://db", "db:5432/postgres"],
	])("%s is told of as %s", (url, location) => {
		expect(parsePostgresUrl(url)).toMatchObject({ kind: "valid", location });
	});

	test.each([
		["mysql://u:s3cret@db/app", "begin with"],
		["u:s3cret@db/app", "begin with"],
		["postgresql://u:s3#cret@db/app", "percent-encoded|%23"],
		["postgresql://u:s3/cret@db/app", "host|percent-encoded"],
		["postgresql://u:s3%cret@db/app", "%25"],
		["postgresql://u:s3cret@/app", "names no host"],
		["postgresql://u:s3cret@db:0/app", "port"],
		["postgresql://u:s3cret@db:65536/app", "port"],
	])("%s is none, which is told without quoting it", (url, reason) => {
		const parsed = parsePostgresUrl(url);
		expect(parsed).toMatchObject({ kind: "invalid", reason: expect.stringMatching(reason) });
		expect(JSON.stringify(parsed)).not.toMatch(/cret/);
	});

	test("knows its secrets as they stand there and as they are meant", () => {
		const url = "postgresql://u:p%40ss@db/app?sslpassword=key";
		expect(parsePostgresUrl(url)).toMatchObject({
			hasPassword: true,
			secrets: [url, "p%40ss", "p@ss", "key"],
		});
		expect(parsePostgresUrl("postgresql://u@db/app")).toMatchObject({ hasPassword: false });
	});
});
