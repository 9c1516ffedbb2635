import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { temporaryFolder } from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import { formatVariables } from "./format-variables.ts";

// Seen to fail with double quotes for the shell, and with single quotes for every value of a dotenv file.

const VALUES = [
	"http://127.0.0.1:6420",
	"/home/a user/engine",
	"it's",
	'say "hello"',
	"$HOME `id` \\n !x",
	"two\nlines",
	"",
];

describe("B38 written variables", () => {
	it("evaluate in a POSIX shell to the very values", () => {
		const variables = Object.fromEntries(VALUES.map((value, index) => [`V${index}`, value]));
		const names = Object.keys(variables);
		const script = `eval "$1"; exec "$2" -p 'JSON.stringify(process.argv.slice(1).map((name) => process.env[name]))' ${names.join(" ")}`;
		const { stdout, stderr } = spawnSync(
			"sh",
			["-c", script, "sh", formatVariables(variables, "shell"), process.execPath],
			{ encoding: "utf8" },
		);
		expect(stderr).toBe("");
		expect(JSON.parse(stdout)).toEqual(VALUES);
	});

	it("have the very values if Node reads them from a dotenv file", async () => {
		await using folder = await temporaryFolder();
		const file = path.join(folder.path, ".env");
		for (const value of VALUES.filter((one) => one !== "")) {
			writeFileSync(file, formatVariables({ V: value }, "dotenv"));
			const { stdout } = spawnSync(process.execPath, [`--env-file=${file}`, "-p", "process.env.V"], {
				encoding: "utf8",
			});
			expect(stdout).toBe(`${value}\n`);
		}
		expect(() => formatVariables({ V: "'`\"" }, "dotenv")).toThrow(
			expect.objectContaining({
				code: "unquotable_value",
				metadata: { variable: "V", hint: expect.stringContaining("--format shell") },
			}),
		);
	});
});
