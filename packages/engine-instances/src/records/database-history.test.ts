import { describe, expect, test } from "vitest";
import { lastVersionOn, otherDatabasesOf } from "./database-history.ts";
import type { EngineRecord } from "./record.ts";

const record = (changes: Partial<EngineRecord>) =>
	({ lastDatabaseVersion: "2.3.19", ...changes }) as EngineRecord;

describe("B42 the versions that have used the databases of an instance", () => {
	test("are kept while the instance changes to another database, and back", () => {
		const inFolder = record({});
		expect(otherDatabasesOf(undefined, undefined)).toBeUndefined();
		const onA = record({
			postgres: "h:1/a",
			lastDatabaseVersion: "2.3.20",
			otherDatabases: otherDatabasesOf(inFolder, "h:1/a"),
		});
		expect(onA.otherDatabases).toEqual({ "": "2.3.19" });
		const onB = record({
			postgres: "h:1/b",
			lastDatabaseVersion: null,
			otherDatabases: otherDatabasesOf(onA, "h:1/b"),
		});
		expect([undefined, "h:1/a", "h:1/b", "h:1/c"].map((name) => lastVersionOn(onB, name))).toEqual([
			"2.3.19",
			"2.3.20",
			null,
			null,
		]);
		const back = otherDatabasesOf(onB, undefined);
		expect(back, "nobody has used the second").toEqual({ "h:1/a": "2.3.20" });
	});

	test("are kept once for each database", () => {
		expect(otherDatabasesOf(record({}), undefined)).toBeUndefined();
	});
});
