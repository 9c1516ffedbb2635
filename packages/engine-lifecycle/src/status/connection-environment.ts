import { existsSync } from "node:fs";
import path from "node:path";
import type { BinaryOptions, TargetConfiguration, TargetOptions } from "@rivetkit/engine-config";
import { type EngineEndpoint, type EngineHealth, withBrackets } from "@rivetkit/engine-core";
import { probeEngine, probeVerdict } from "@rivetkit/engine-health";
import {
	describeAbsence,
	findTarget,
	proveUnrecorded,
	type TargetEngine,
	targetIsKnown,
} from "@rivetkit/engine-instances";
import { resolverConfiguration } from "../binary/resolver-request.ts";
import { type BinaryTarget, type CallContext, type CallOptions, openBinary } from "../context.ts";

/** The variables that another host needs to connect to an engine, or the reason why there are none. */
export type ConnectionEnvironment =
	| {
			readonly kind: "available";
			readonly endpoint: string;
			/** The environment variables, name to value. Never contains credentials. */
			readonly variables: Readonly<Record<string, string>>;
			/** The names of further variables that the host needs. They are left out because their values are credentials. */
			readonly withheld: readonly string[];
	  }
	/** Nothing answers. */
	| { readonly kind: "not-running"; readonly endpoint: string; readonly reason: string }
	/** A host cannot use the server at the endpoint, or cannot use it yet. */
	| { readonly kind: "unusable"; readonly endpoint: string; readonly reason: string };

/**
 * Finds the environment variables with which another host, ours or rivetkit's, uses the running engine and does not
 * start one: `RIVET_ENDPOINT`, `RIVET_RUN_SERVICES=0` and `RIVET_ENGINE_BINARY`. `RIVET_ENGINE_BINARY` names the same
 * binary: rivetkit 2.3.19 has no option that only connects. It starts an engine if none answers, and that engine
 * should have the same version. `RIVETKIT_STORAGE_PATH` is added if such a host would not use the engine's storage by
 * default.
 *
 * @throws EngineError `invalid_option`, `invalid_endpoint`; the signal's reason if aborted.
 */
export async function connectionEnvironment(
	options: TargetOptions & BinaryOptions & CallOptions,
): Promise<ConnectionEnvironment> {
	const context = openBinary(options);
	const { configuration, signal } = context;
	const target = await findTarget(configuration);
	const endpoint = reachableUrl(target.endpoint);
	const absent = { kind: "not-running", endpoint, reason: describeAbsence(target, configuration) } as const;
	if (!targetIsKnown(target, configuration)) return absent;
	const verdict = probeVerdict(await probeEngine(target.endpoint, { bindTest: false, signal }));
	switch (verdict.kind) {
		case "free": {
			if (target.record === undefined) return absent;
			const { pid } = target.record.identity;
			return { kind: "unusable", endpoint, reason: `the engine (pid ${pid}) lives and does not answer yet` };
		}
		case "occupied":
		case "undecided":
			return { kind: "unusable", endpoint, reason: verdict.reason };
		case "engine":
			return {
				kind: "available",
				endpoint,
				variables: {
					RIVET_ENDPOINT: endpoint,
					...(target.isHere ? await localVariables(context, target, verdict.health) : {}),
				},
				withheld: withheldVariables(target),
			};
	}
}

/** Finds the variables that only a host on this machine can use. */
async function localVariables(
	context: CallContext<BinaryTarget>,
	target: TargetEngine,
	health: EngineHealth,
): Promise<Readonly<Record<string, string>>> {
	const { configuration } = context;
	const { record } = target;
	const recorded = record === undefined ? undefined : presentFile(record.binary.path);
	const proof = record === undefined ? await proveUnrecorded(target, configuration.target.layout) : undefined;
	const pid = record?.identity.pid ?? (proof?.kind === "proven" ? proof.identity.pid : undefined);
	const binary = recorded ?? (await executableOf(pid)) ?? (await installedBinary(context, health.version));
	const storage = pid === undefined ? undefined : storageParent(configuration);
	return {
		...(binary === undefined ? {} : { RIVET_ENGINE_BINARY: binary }),
		RIVET_RUN_SERVICES: "0",
		...(storage === undefined ? {} : { RIVETKIT_STORAGE_PATH: storage }),
	};
}

async function executableOf(pid: number | undefined): Promise<string | undefined> {
	if (pid === undefined) return undefined;
	const { executesEngine, processExecutable } = await import("@rivetkit/engine-inspect");
	const file = presentFile(await processExecutable(pid));
	// The process of a wrapper script executes a shell.
	return file !== undefined && executesEngine({ pid, name: path.basename(file) }) ? file : undefined;
}

/** Finds the binary that a start would use, if it has the version of the running engine. */
async function installedBinary(
	{ configuration, signal }: CallContext<BinaryTarget>,
	version: string | undefined,
): Promise<string | undefined> {
	const { explainSources } = await import("@rivetkit/engine-resolver");
	const { outcome } = await explainSources(
		{ ...resolverConfiguration(configuration), autoDownload: false },
		{ signal },
	);
	const isSame = outcome.kind === "binary" && outcome.binary.version === version;
	return isSame && version !== undefined ? outcome.binary.path : undefined;
}

/**
 * Finds the value of `RIVETKIT_STORAGE_PATH`, which is the parent of the storage root. Returns undefined if a host
 * uses the same root by default, if the root does not have the name that rivetkit expects, and for an instance that
 * rivetkit does not know.
 */
function storageParent({ storageRoot, instancePath }: TargetConfiguration): string | undefined {
	const { value: root, origin } = storageRoot;
	const isOwnChoice = origin.kind === "option" || (origin.kind === "variable" && origin.name !== "HOME");
	if (!isOwnChoice || instancePath.value !== undefined) return undefined;
	return path.basename(root) === ".rivetkit" ? path.dirname(root) : undefined;
}

function withheldVariables({
	endpoint: { credentials },
	record,
}: Pick<TargetEngine, "endpoint" | "record">): readonly string[] {
	const wantsToken = credentials?.token !== undefined || record?.given?.includes("adminToken") === true;
	return [
		...(credentials === undefined || credentials.namespace === "" ? [] : ["RIVET_NAMESPACE"]),
		...(wantsToken ? ["RIVET_TOKEN"] : []),
	];
}

/** Makes the URL to connect to: on loopback for an engine that binds every address. */
function reachableUrl(endpoint: EngineEndpoint): string {
	const [host] = endpoint.probeHosts;
	if (endpoint.reach !== "unspecified" || host === undefined) return endpoint.url;
	const url = new URL(endpoint.url);
	url.hostname = withBrackets(host);
	return url.href.replace(/\/+$/, "");
}

function presentFile(file: string | undefined): string | undefined {
	return file !== undefined && existsSync(file) ? file : undefined;
}
