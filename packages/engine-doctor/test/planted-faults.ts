import { withLock } from "@rivetkit/engine-core/lock";
import { realEngineVersion, serveRequests, type TestServer } from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import type { EngineOptions } from "../../engine-config/src/engine-options.ts";
import { startOrReuse } from "../../engine-lifecycle/src/start-or-reuse.ts";
import { type Sandbox, sandbox } from "../../engine-lifecycle/test/sandbox.ts";
import { type DiagnoseOptions, type Diagnosis, diagnoseEngine } from "../src/diagnose-engine.ts";
import type { EngineToStop } from "../src/engine-to-stop.ts";
import type { Finding } from "../src/finding.ts";

/** The options and variables with which a diagnosis and a start meet a fault. */
export interface Fault {
	readonly options?: EngineOptions;
	readonly variables?: Readonly<Record<string, string>>;
	/** Parts of the message of its finding. */
	readonly message: readonly string[];
	/** Parts of the cure of its finding. */
	readonly cure: readonly string[];
	readonly engineToStop?: Partial<EngineToStop>;
}

/** Keeps a resource that the fault needs until the end of the test, which disposes of it. */
export type Keep = <Resource extends AsyncDisposable>(resource: Resource) => Resource;

/** A fault that a test brings about. */
export interface PlantedFault {
	readonly title: string;
	/** The finding that the fault leads to. */
	readonly expected: Pick<Finding, "area" | "level">;
	/** Brings the fault about. */
	readonly plant: (box: Sandbox, keep: Keep) => Promise<Fault>;
}

/** Tests that the doctor finds each fault, says what to do about it, and foresees whether a start fails. */
export function explainsFaults(faults: readonly PlantedFault[]): void {
	describe.concurrent("B38 the doctor explains a planted fault, and foresees what a start does with it", () => {
		it.each(faults.map((fault) => [fault.title, fault] as const))(
			"%s",
			async (_title, { plant, expected }) => {
				await using box = await sandbox();
				const kept: AsyncDisposable[] = [];
				try {
					const { options, variables, message, cure, engineToStop } = await plant(box, (resource) => {
						kept.push(resource);
						return resource;
					});
					const diagnosis = await diagnose(box, options, variables);
					const told = diagnosis.findings.filter(
						({ area, level }) => area === expected.area && level === expected.level,
					);
					expect(told, JSON.stringify(diagnosis.findings, null, 2)).toHaveLength(1);
					for (const part of message) expect(told[0]?.message).toContain(part);
					for (const part of cure) expect(told[0]?.cure).toContain(part);
					expect(told[0]?.engineToStop).toEqual(engineToStop);
					expect(JSON.stringify(diagnosis)).not.toContain("s3cret");
					for (const finding of diagnosis.findings) {
						expect(finding.cure !== undefined, "a problem or notice has a cure").toBe(isUnwell(finding));
					}
					const { wouldStart } = diagnosis;
					if (expected.level === "problem") {
						expect(wouldStart).toEqual({ kind: "fail", areas: [expected.area] });
					}
					const started = await startOrReuse({
						environment: { ...box.environment, ...variables },
						...box.options,
						...options,
					}).then(
						() => "ok",
						({ code }) => code,
					);
					expect(started === "ok", `a start comes to: ${started}`).toBe(wouldStart.kind !== "fail");
				} finally {
					for (const resource of kept.reverse()) await resource[Symbol.asyncDispose]();
				}
			},
		);
	});
}

/** Returns whether a finding should have a cure. */
export function isUnwell({ level }: Finding): boolean {
	return level === "notice" || level === "problem";
}

/** Diagnoses a start in a sandbox. */
export async function diagnose(
	box: Sandbox,
	options: DiagnoseOptions = {},
	variables: Readonly<Record<string, string>> = {},
): Promise<Diagnosis> {
	return await diagnoseEngine({
		environment: { ...box.environment, ...variables },
		...box.options,
		...options,
	});
}

/** Serves the answers of a healthy engine whose database answers with a status. */
export async function serveEngine(port: number, databaseStatus: number): Promise<TestServer> {
	const health = JSON.stringify({ runtime: "engine", status: "ok", version: realEngineVersion });
	return await serveRequests(
		({ url }, response) => void response.writeHead(url === "/health" ? 200 : databaseStatus).end(health),
		{ port },
	);
}

/** Holds a lock until it is disposed of. */
export async function holdLock(folder: string): Promise<AsyncDisposable> {
	const released = deferred();
	const held = deferred();
	const holding = withLock(
		folder,
		async () => {
			held.resolve();
			await released.promise;
		},
		{ purpose: "a test" },
	);
	await held.promise;
	return {
		async [Symbol.asyncDispose]() {
			released.resolve();
			await holding;
		},
	};
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
	let resolve = (): void => {};
	const promise = new Promise<void>((done) => {
		resolve = done;
	});
	return { promise, resolve };
}
