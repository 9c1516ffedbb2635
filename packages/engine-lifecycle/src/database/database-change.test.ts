import { describe, expect, it } from "vitest";
import { type DatabaseChange, type DatabaseVersions, databaseChange } from "./database-change.ts";

describe("B25 B35 the effect of a start on a database", () => {
	it.each<[string, Partial<DatabaseVersions>, DatabaseChange]>([
		["a new database, no rivetkit", { starting: "2.3.19" }, { kind: "none" }],
		["a binary whose version is unknown", { last: "2.3.19", rivetkit: "2.3.17" }, { kind: "none" }],
		["the same engine again", { starting: "2.3.19", last: "2.3.19" }, { kind: "none" }],
		[
			"an older engine",
			{ starting: "2.3.17", last: "2.3.19" },
			{ kind: "rollback", from: "2.3.19", isCertain: true },
		],
		[
			"a preview of the engine that has used it",
			{ starting: "2.3.19-rc.1", last: "2.3.19" },
			{ kind: "rollback", from: "2.3.19", isCertain: true },
		],
		[
			"the release of a preview that has used it",
			{ starting: "2.3.19", last: "2.3.19-rc.1" },
			{ kind: "upgrade", from: "2.3.19-rc.1" },
		],
		[
			"a version that cannot be compared",
			{ starting: "2.3.19", last: "4f9c2d1" },
			{ kind: "rollback", from: "4f9c2d1", isCertain: false },
		],
		[
			"an engine of a version that is no semantic version, again",
			{ starting: "2.3", last: "2.3" },
			{ kind: "none" },
		],
		["a newer engine", { starting: "2.3.19", last: "2.3.17" }, { kind: "upgrade", from: "2.3.17" }],
		["rivetkit's own engine", { starting: "2.3.17", last: "2.3.17", rivetkit: "2.3.17" }, { kind: "none" }],
		["an engine older than rivetkit's", { starting: "2.3.11", rivetkit: "2.3.17" }, { kind: "none" }],
		[
			"an engine newer than rivetkit's, on rivetkit's database",
			{ starting: "2.3.19", last: "2.3.17", rivetkit: "2.3.17" },
			{ kind: "locks-out", rivetkit: "2.3.17" },
		],
		[
			"an engine newer than rivetkit's, on a database of unknown version",
			{ starting: "2.3.19", rivetkit: "2.3.17" },
			{ kind: "locks-out", rivetkit: "2.3.17" },
		],
		[
			"an engine that has locked rivetkit out already",
			{ starting: "2.3.19", last: "2.3.19", rivetkit: "2.3.17" },
			{ kind: "none" },
		],
		[
			"an upgrade of a database that rivetkit cannot use already",
			{ starting: "2.4.0", last: "2.3.19", rivetkit: "2.3.17" },
			{ kind: "upgrade", from: "2.3.19" },
		],
		[
			"an upgrade together with rivetkit",
			{ starting: "2.3.19", last: "2.3.17", rivetkit: "2.3.19" },
			{ kind: "upgrade", from: "2.3.17" },
		],
		[
			"a rollback that rivetkit would want",
			{ starting: "2.3.17", last: "2.3.19", rivetkit: "2.3.17" },
			{ kind: "rollback", from: "2.3.19", isCertain: true },
		],
	])("of %s", (_, versions, change) => {
		const nothing = { starting: undefined, last: undefined, rivetkit: undefined };
		expect(databaseChange({ ...nothing, ...versions })).toEqual(change);
	});
});
