import { mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { oomKills } from "@rivetkit/engine-inspect";
import { realEnginePath, runScript } from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import { hostVariables } from "../race-hosts.ts";
import { builtPackage, sandbox, skipAloud } from "../sandbox.ts";

// Seen to fail: with the count read only after the death of the engine, which gave "somebody killed it".

/** Too little memory for an engine, which takes some 90 MB, and enough for a host that has loaded everything before. */
const LIMIT_BYTES = 30_000_000;

/** A cgroup with hardly any memory. Disposing removes it, which needs its processes to be gone. */
interface SmallCgroup {
	readonly kind: "made";
	/** A process joins the cgroup by writing its pid to this file. */
	readonly processesPath: string;
	[Symbol.dispose](): void;
}

/** Makes a small cgroup. Needs root, and a hierarchy in which this process may make cgroups. */
async function smallCgroup(): Promise<SmallCgroup | { readonly kind: "refused"; readonly reason: string }> {
	if ((await oomKills("self")) === undefined)
		return { kind: "refused", reason: "no kills for lack of memory are counted here" };
	// A cgroup that contains processes gives its children no limits; the root cgroup is an exception.
	const folder = `/sys/fs/cgroup/rivet-engine-test-${process.pid}`;
	try {
		mkdirSync(folder);
	} catch (error) {
		return { kind: "refused", reason: `${error}` };
	}
	try {
		const limit = path.join(folder, "memory.max");
		writeFileSync(limit, `${LIMIT_BYTES}`, { flag: "r+" });
	} catch (error) {
		rmdirSync(folder);
		return { kind: "refused", reason: `${error}` };
	}
	const processesPath = path.join(folder, "cgroup.procs");
	return { kind: "made", processesPath, [Symbol.dispose]: () => rmdirSync(folder) };
}

/** A host that loads everything, joins the cgroup and tries a start there. */
const HOST = `
	import { writeFileSync } from "node:fs";
	const [manager, options, processesPath] = JSON.parse(process.argv[1]);
	const { startOrReuse } = await import(manager);
	writeFileSync(processesPath, String(process.pid));
	await startOrReuse(options).then(
		() => console.log("started"),
		({ code, message, metadata: { hint, exit } }) => console.log(JSON.stringify({ code, message, hint, exit })),
	);
`;

describe("B33 an engine without enough memory", () => {
	it("is reported as killed by the system, with a hint", async (context) => {
		const made = await smallCgroup();
		if (made.kind === "refused") {
			skipAloud(context, `a cgroup with a small limit takes root, and here: ${made.reason}`);
		}
		using cgroup = made;
		await using box = await sandbox();
		const binaryPath = path.join(box.folder, "wrapper");
		// The system shall choose the engine to kill, not the host.
		const first = "echo 1000 > /proc/self/oom_score_adj";
		await writeFile(binaryPath, `#!/bin/sh\n${first}\nexec '${realEnginePath()}' "$@"\n`, { mode: 0o755 });
		const args = [builtPackage("engine-manager"), { ...box.options, binaryPath }, cgroup.processesPath];
		await using host = runScript(HOST, { env: hostVariables(box), args: [JSON.stringify(args)] });
		const { stdout, stderr } = await host.exited;
		expect(stderr).toBe("");
		expect(JSON.parse(stdout)).toMatchObject({
			code: "health_check_failed",
			message: expect.stringMatching(/signal: 9 \(SIGKILL\): the system killed it for lack of memory$/),
			hint: expect.stringContaining("memory limit"),
			exit: { kind: "signaled", signal: "SIGKILL" },
		});
	});
});
