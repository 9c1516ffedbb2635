import { describe, expect, test } from "vitest";
import { clusterParts } from "../src/index.ts";
import { runWithTestkit } from "./run-with-testkit.ts";

const LOOK = `
	const url = "file://" + process.cwd() + "/a%20b/some.test.ts";
	console.log(testkit.lacksClusterParts(url, ["tini", "socat"]));
`;
const NOTHING = { PATH: "/nowhere", RIVET_CLUSTER: undefined };

describe("the parts of a cluster", () => {
	test("are there if none is needed", () => {
		expect(clusterParts([])).toEqual({ kind: "available" });
	});

	test("that are missing are named, in one line, with the command that installs them", async () => {
		const { stdout, stderr } = await runWithTestkit(LOOK, NOTHING).exited;
		expect(stdout).toBe("true\n");
		expect(stderr).toBe(
			"skipped in a b/some.test.ts: tini and socat not installed; apt-get install tini socat\n",
		);
	});

	test("that are missing are a failure where nothing may be skipped", async () => {
		const { code, stderr } = await runWithTestkit(LOOK, { ...NOTHING, RIVET_CLUSTER: "full" }).exited;
		expect(code).toBe(1);
		expect(stderr).toContain("a b/some.test.ts cannot run: tini and socat not installed; apt-get install");
	});
});
