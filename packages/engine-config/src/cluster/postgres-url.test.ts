import { describe, expect, test } from "vitest";
import { parsePostgresUrl } from "./postgres-url.ts";

describe("B42 a PostgreSQL URL", () => {
	test.each([
		["postgresql://u:p@db.internal:5433/app", "db.internal:5433/app"],
		["postgres://u@db.internal/app?sslmode=require", "db.internal:5432/app"],
		["postgresql://[::1]:5432/app", "[::1]:5432/app"],
		["postgresql://u:p@a:1,b:2/app", "a:1,b:2/app"],
		["postgresql://u:p@db/a%20b", "db:5432/a b"],
		["postgresql://u@%2Fvar%2Frun%2Fpostgresql/app", "/var/run/postgresql:5432/app"],
	])("%s has the location %s", (url, location) => {
		expect(parsePostgresUrl(url)).toMatchObject({ kind: "valid", location });
	});

	test.each([
		["mysql://u:s3cret@db/app", "begin with"],
		["u:s3cret@db/app", "begin with"],
		["postgresql://u:s3#cret@db/app", "percent-encoded|%23"],
		["postgresql://u:s3/cret@db/app", "host|percent-encoded"],
		["postgresql://u:s3%cret@db/app", "%25"],
		["postgresql://u:s3cret@/app", "a host in it is missing"],
		["postgresql://u:s3cret@db:0/app", "port"],
		["postgresql://u:s3cret@db:65536/app", "port"],
		["postgresql://rivet:s3cret@db", "names no database"],
		["postgresql://rivet:s3cret@db/", "names no database"],
		["postgresql://u:s3cret@db/app?dbname=other", "dbname"],
		["postgresql://u:s3cret@db/app?sslmode=require&hostaddr=127.0.0.1", "hostaddr"],
	])("%s is invalid, for a reason that does not quote it", (url, reason) => {
		const parsed = parsePostgresUrl(url);
		expect(parsed).toMatchObject({ kind: "invalid", reason: expect.stringMatching(reason) });
		expect(JSON.stringify(parsed)).not.toMatch(/cret/);
	});
});
