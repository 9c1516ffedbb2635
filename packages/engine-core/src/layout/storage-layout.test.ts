import os from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { instanceLayout, storageRoot } from "./storage-layout.ts";

describe("B3 the storage root", () => {
	const cwd = path.resolve("/work/app");
	const homedir = (): string => path.resolve("/home/of-the-system");

	test.each<[string, Record<string, string>, string]>([
		[
			"RIVETKIT_STORAGE_PATH comes first",
			{ RIVETKIT_STORAGE_PATH: "/data", HOME: "/home/me" },
			"/data/.rivetkit",
		],
		["it is made absolute", { RIVETKIT_STORAGE_PATH: "data", HOME: "/home/me" }, "/work/app/data/.rivetkit"],
		["then HOME", { HOME: "/home/me" }, "/home/me/.rivetkit"],
		[
			"an empty variable counts as unset",
			{ RIVETKIT_STORAGE_PATH: "", HOME: "/home/me" },
			"/home/me/.rivetkit",
		],
		["then the user's home folder", {}, "/home/of-the-system/.rivetkit"],
		["also with an empty HOME", { HOME: "" }, "/home/of-the-system/.rivetkit"],
	])("%s", (_, environment, expected) => {
		expect(storageRoot({ environment, cwd, homedir })).toBe(path.resolve(expected));
	});

	test.each<[string, () => string]>([
		["is empty", () => ""],
		["is relative", () => "somewhere"],
		[
			"cannot be told",
			() => {
				throw new Error("ENOENT: no such user");
			},
		],
	])("is in the working directory if the home folder %s", (_, homedir) => {
		expect(storageRoot({ environment: {}, cwd, homedir })).toBe(path.join(cwd, ".rivetkit"));
	});

	test("uses the system's home folder by default", () => {
		expect(storageRoot({ environment: {}, cwd })).toBe(path.join(os.homedir(), ".rivetkit"));
	});
});

describe("B29 the files of an instance", () => {
	const root = path.resolve("/root/.rivetkit");

	test("have the same paths as in rivetkit for the default instance", () => {
		expect(instanceLayout(root)).toEqual({
			name: "",
			folder: `${root}/var/engine`,
			databasePath: `${root}/var/engine/db`,
			logsFolder: `${root}/var/logs/rivet-engine`,
			rivetkitRecordPath: `${root}/var/engine/runtime.json`,
			recordPath: `${root}/var/engine/owner.json`,
			configPath: `${root}/var/engine/engine.json`,
			lockFolder: `${root}/var/engine/lock`,
		});
	});

	test("are in a separate folder for a named instance, including its logs", () => {
		expect(instanceLayout(root, "second_1.2-x")).toMatchObject({
			name: "second_1.2-x",
			databasePath: `${root}/var/engine/instances/second_1.2-x/db`,
			logsFolder: `${root}/var/engine/instances/second_1.2-x/logs`,
		});
	});

	test.each([
		["/elsewhere/one", "/elsewhere/one"],
		["./here", "/work/app/here"],
		["a/b", "/work/app/a/b"],
		["../", "/work"],
		["./with a blank", "/work/app/with a blank"],
	])("'%s' is a folder, relative to the working directory", (instancePath, folder) => {
		expect(instanceLayout(root, instancePath, "/work/app").folder).toBe(path.resolve(folder));
	});

	test.each(["", "  ", ".", "..", "with a blank"])(
		"'%s', neither a name nor a folder, is refused",
		(instancePath) => {
			expect(() => instanceLayout(root, instancePath)).toThrow(
				expect.objectContaining({ code: "invalid_option" }),
			);
		},
	);
});
