import { type EngineEndpoint, EngineError, pause, requireKnownOptions } from "@rivetkit/engine-core";
import {
	judgeProcess,
	type ProcessIdentity,
	type ProcessJudgement,
	sessionSurvivors,
} from "@rivetkit/engine-core/process";
import { probeEngine } from "@rivetkit/engine-health";

/** Between two looks at a process that should end, in milliseconds. */
const LOOK_GAP_MS = 10;

/** How long the system may take to end a killed process, in milliseconds. */
const KILL_LIMIT_MS = 5000;

/** A proven process, and how to end it. */
export interface EndRequest {
	readonly identity: ProcessIdentity;
	/** True if the process leads a session of its own: then the whole session is ended. */
	readonly leadsSession: boolean;
	readonly endpoint: EngineEndpoint;
	/** The signal that asks the process to end. @defaultValue SIGTERM */
	readonly firstSignal?: NodeJS.Signals | undefined;
	readonly graceMs: number;
	readonly signal: AbortSignal | undefined;
}

const END_REQUEST: Readonly<Record<keyof EndRequest, true>> = {
	identity: true,
	leadsSession: true,
	endpoint: true,
	firstSignal: true,
	graceMs: true,
	signal: true,
};

/**
 * Ends a process by SIGTERM or another signal, and by SIGKILL when the grace is over. Before each signal its identity
 * is judged again, so that another process that got the same pid in the meantime is safe. Resolves when the process
 * is gone and its port is closed.
 *
 * @throws EngineError `not_ours` if the process cannot be judged or signalled; `still_running` if it survives;
 * `endpoint_unresponsive` if its port stays taken; `invalid_option` for an unknown property; the signal's reason if
 * aborted.
 */
export async function endProcess(request: EndRequest): Promise<"exited" | "killed"> {
	requireKnownOptions(request, END_REQUEST);
	await send(request, request.firstSignal ?? "SIGTERM");
	if (await isGoneWithin(request, request.graceMs)) return "exited";
	await send(request, "SIGKILL");
	if (await isGoneWithin(request, KILL_LIMIT_MS)) return "killed";
	throw new EngineError(
		"still_running",
		`The engine (pid ${request.identity.pid}) at '${request.endpoint.url}' is still there ${KILL_LIMIT_MS} ms after SIGKILL.`,
		{
			metadata: {
				pid: request.identity.pid,
				hint: "The system may be waiting for a disk; look at the process state with `ps`.",
			},
		},
	);
}

async function send(request: EndRequest, signal: NodeJS.Signals): Promise<void> {
	const { identity, leadsSession } = request;
	switch (await judge(request)) {
		case "dead":
			return;
		case "unknown":
			throw new EngineError(
				"not_ours",
				`The engine (pid ${identity.pid}) could not be judged any more and was left alone.`,
				{
					metadata: { pid: identity.pid, hint: "Stop it from where its process can be seen." },
				},
			);
		case "alive":
	}
	try {
		process.kill(leadsSession ? -identity.pid : identity.pid, signal);
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === "ESRCH") return;
		throw new EngineError("not_ours", `The engine (pid ${identity.pid}) could not be stopped: ${code}.`, {
			metadata: { pid: identity.pid, hint: "It belongs to another user; stop it as that user." },
			cause: error,
		});
	}
}

/**
 * Judges the process, or the whole session that it leads: the engine may outlive a wrapper script that leads the
 * session.
 */
async function judge({ identity, leadsSession }: EndRequest): Promise<ProcessJudgement> {
	const judgement = await judgeProcess(identity);
	if (judgement !== "dead" || !leadsSession) return judgement;
	return (await sessionSurvivors(identity.pid)).length > 0 ? "alive" : "dead";
}

async function isGoneWithin(request: EndRequest, limitMs: number): Promise<boolean> {
	const { endpoint, signal } = request;
	const deadline = performance.now() + limitMs;
	for (;;) {
		const isDead = (await judge(request)) === "dead";
		if (isDead && (await isClosed(endpoint, signal))) return true;
		if (performance.now() >= deadline) {
			if (isDead) throw portStaysTakenError(request);
			return false;
		}
		await pause(LOOK_GAP_MS, { signal });
	}
}

/**
 * Returns true if the port of a process that is gone is closed. A server that answers there, such as the next engine,
 * has opened the port again. Silence, or a port that can neither be reached nor bound, may be left over from the
 * process.
 */
async function isClosed(endpoint: EngineEndpoint, signal: AbortSignal | undefined): Promise<boolean> {
	return (await probeEngine(endpoint, { signal })).kind !== "unresponsive";
}

function portStaysTakenError({ identity, endpoint }: EndRequest): EngineError<"endpoint_unresponsive"> {
	const { pid } = identity;
	return new EngineError(
		"endpoint_unresponsive",
		`The engine (pid ${pid}) has ended, but something else holds '${endpoint.url}' and does not answer.`,
		{
			metadata: {
				pid,
				endpoint: endpoint.url,
				hint: "Find out who has the port with `engineStatus`, and stop it with its own tool.",
			},
		},
	);
}
