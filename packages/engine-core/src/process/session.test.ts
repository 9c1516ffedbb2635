import { spawn } from "node:child_process";
import { once } from "node:events";
import { processGone, runScript } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { sessionOfProcess, sessionSurvivors } from "./session.ts";

describe.runIf(process.platform === "linux")("B37 the session of a process", () => {
	test("is the pid of the session's leader", async () => {
		await using session = await startSession();
		expect(await sessionOfProcess(session.leader)).toBe(session.leader);
		expect(await sessionOfProcess(session.member)).toBe(session.leader);
		expect(await sessionOfProcess(process.pid)).not.toBe(session.leader);
	});

	test("is undefined for a process that has ended", async () => {
		const script = runScript("");
		await script.exited;
		expect(await sessionOfProcess(script.pid)).toBeUndefined();
	});

	test("has survivors from the end of its leader to their own end", async () => {
		await using session = await startSession();
		expect(await sessionSurvivors(session.leader)).toEqual([]);
		await session.endLeader();
		expect(await sessionSurvivors(session.leader)).toEqual([session.member]);
		process.kill(session.member, "SIGKILL");
		await processGone(session.member);
		expect(await sessionSurvivors(session.leader)).toEqual([]);
	});
});

/** Starts a leader of a session of its own, and another process in the session. Disposing ends both. */
async function startSession(): Promise<
	AsyncDisposable & { leader: number; member: number; endLeader(): Promise<void> }
> {
	const child = spawn("sh", ["-c", "sleep 120 & echo $!; wait"], {
		detached: true,
		stdio: ["ignore", "pipe", "ignore"],
	});
	const exited = once(child, "exit");
	const [line] = await once(child.stdout, "data");
	const leader = child.pid ?? 0;
	const member = Number(line);
	const endLeader = async (): Promise<void> => {
		child.kill("SIGKILL");
		await exited;
	};
	return {
		leader,
		member,
		endLeader,
		async [Symbol.asyncDispose]() {
			await endLeader();
			if ((await sessionSurvivors(leader)).includes(member)) process.kill(member, "SIGKILL");
		},
	};
}
