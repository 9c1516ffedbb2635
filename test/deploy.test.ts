// Seen to fail: every check, by about a hundred faults put into the files one at a time, such as a flag that does not exist,
// a stop time as long as --grace, a probe of another port, a secret that is not mounted, a misspelt field.
import { execFile, execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { temporaryFolder } from "@rivetkit/engine-testkit";
import { validate } from "dockerfile-utils";
import type { Deployment, StatefulSet } from "kubernetes-types/apps/v1";
import type { Container, PodSpec, Probe, Secret, Service } from "kubernetes-types/core/v1";
import type { PodDisruptionBudget } from "kubernetes-types/policy/v1";
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { composeProblems } from "./support/compose-problems.ts";
import { execForm, lastInstruction, readDockerfile } from "./support/dockerfile.ts";
import { flagValue, invocationProblems } from "./support/enginectl-invocation.ts";
import { kubernetesProblems } from "./support/kubernetes-schema.ts";
import { commandWords, readUnit } from "./support/systemd-unit.ts";
import { type Manifest, root } from "./support/workspace.ts";

const run = promisify(execFile);

/** The default port of the guard, which clients and probes use. */
const GUARD_PORT = 6420;

/** The time that the tool needs after `--grace`, to kill the engine and to write that down. */
const AFTER_GRACE_MS = 5000;

/** The least time between two starts, in seconds: engines restarted sooner stall writes. */
const RESTART_GAP_SECONDS = 30;

/** Variables whose values are secrets. A variable that names a file with a secret is none. */
const SECRET_VARIABLE = /(PASSWORD|TOKEN|POSTGRES_URL|SECRET)$/;

const dockerfile = await deployed("Dockerfile");
const instructions = readDockerfile(dockerfile);
const entrypoint = execForm(lastInstruction(instructions, "ENTRYPOINT"));

describe("deploy/rivet-engine.service", async () => {
	const text = await deployed("rivet-engine.service");
	const unit = readUnit(text);
	const command = commandWords(only("Service.ExecStart"));
	const args = command.slice(1);

	it.skipIf(isMissing("systemd-analyze"))("passes systemd-analyze verify", async () => {
		await using folder = await temporaryFolder();
		const file = path.join(folder.path, "rivet-engine.service");
		// The program of the command must exist where the unit is verified.
		await writeFile(file, text.replace(command[0] ?? "", process.execPath));
		const outcome = await run("systemd-analyze", ["verify", "--man=no", file]).catch((error) => error);
		// It also says what it dislikes about units of this machine.
		const lines = `${outcome.stdout}${outcome.stderr}`.split("\n");
		expect(lines.filter((line) => line.includes("rivet-engine.service"))).toEqual([]);
	});

	it("starts the tool as its command line allows", () => {
		expect(command[0]).toMatch(/^\/.*\/rivet-enginectl$/);
		expect(invocationProblems(args)).toEqual([]);
	});

	it("names the credentials that it loads, and keeps secrets out of its variables", () => {
		const loaded = (unit.get("Service.LoadCredential") ?? []).map((value) => value.split(":")[0]);
		const used = args.flatMap((arg) => (arg.startsWith("%d/") ? [arg.slice("%d/".length)] : []));
		expect(used.sort()).toEqual(loaded.sort());
		expect(used.length).toBeGreaterThan(0);
		expect(unit.has("Service.SetCredential")).toBe(false);
		expect(unit.has("Service.Environment")).toBe(false);
	});

	it("keeps the engine's files in its state folder", () => {
		const state = `%S/${only("Service.StateDirectory")}`;
		expect(flagValue(args, "--storage-root")).toBe(state);
		expect(only("Service.WorkingDirectory")).toBe(state);
	});

	it("is told by the child of the tool that it is ready, after the tool's own time for the database", () => {
		expect(only("Service.Type")).toBe("notify");
		expect(only("Service.NotifyAccess")).toBe("all");
		expect(Number(only("Service.TimeoutStartSec"))).toBeGreaterThan(60);
	});

	it("signals the tool alone, and waits longer than that waits for the engine", () => {
		expect(only("Service.KillMode")).toBe("mixed");
		expectLongerThanGrace(Number(only("Service.TimeoutStopSec")), args);
	});

	it("restarts after failures only, never within the time in which writes stall, and not for ever", () => {
		expect(only("Service.Restart")).toBe("on-failure");
		const gap = Number(only("Service.RestartSec"));
		expect(gap).toBeGreaterThanOrEqual(RESTART_GAP_SECONDS);
		const attempts = Number(only("Unit.StartLimitBurst"));
		const minutes = Number(/^(\d+)min$/.exec(only("Unit.StartLimitIntervalSec"))?.[1]);
		// A limit that its own pauses can never reach is none.
		expect(minutes * 60).toBeGreaterThan(attempts * (gap + Number(only("Service.TimeoutStartSec"))));
	});

	it("is not root, and does not forbid what Node and the tool need", () => {
		expect(only("Service.User")).not.toBe("root");
		expect(only("Service.CapabilityBoundingSet")).toBe("");
		for (const name of ["MemoryDenyWriteExecute", "ProcSubset", "PrivateNetwork", "NoExecPaths"])
			expect(unit.has(`Service.${name}`), name).toBe(false);
	});

	function only(key: string): string {
		const values = unit.get(key) ?? [];
		if (values.length !== 1) throw new Error(`The unit has ${values.length} lines of ${key}.`);
		return values[0] ?? "";
	}
});

describe("deploy/Dockerfile", () => {
	it("has no fault that a lint finds", () => {
		expect(validate(dockerfile).map(({ message, range }) => `${range.start.line + 1}: ${message}`)).toEqual(
			[],
		);
	});

	it("starts the tool as its command line allows, with tini as the first process", () => {
		expect(entrypoint.slice(0, 3)).toEqual(["tini", "--", "rivet-enginectl"]);
		const args = imageArguments(execForm(lastInstruction(instructions, "CMD")));
		expect(invocationProblems(args)).toEqual([]);
		expect(flagValue(args, "--bind-host")).toBe("0.0.0.0");
		expect(lastInstruction(instructions, "STOPSIGNAL")).toBe("SIGTERM");
	});

	it("asks the guard whether it is healthy, and not the database, within the time that Docker gives it", () => {
		const text = lastInstruction(instructions, "HEALTHCHECK");
		const [program, ...args] = execForm(text);
		expect(program).toBe("rivet-enginectl");
		expect(invocationProblems(args)).toEqual([]);
		expect(args).not.toContain("--database");
		expect(flagValue(args, "--endpoint")).toBe(`http://127.0.0.1:${GUARD_PORT}`);
		const timeoutSeconds = Number(/--timeout=(\d+)s/.exec(text)?.[1]);
		expect(Number(flagValue(args, "--timeout"))).toBeLessThan(timeoutSeconds * 1000);
		expect(lastInstruction(instructions, "EXPOSE")).toBe(String(GUARD_PORT));
	});

	it("installs exact versions, the engine in the one that is tested here", async () => {
		const manifest: Manifest = JSON.parse(await readFile(path.join(root, "package.json"), "utf8"));
		const versions = new Map(
			instructions
				.filter(({ name }) => name === "ARG")
				.map(({ text }) => [text.split("=")[0] ?? "", text.split("=")[1] ?? ""]),
		);
		expect(versions.get("ENGINE_CLI_VERSION")).toBe(manifest.devDependencies?.["@rivetkit/engine-cli"]);
		expect(versions.get("ENGINE_MANAGER_CLI_VERSION")).toMatch(/^\d+\.\d+\.\d+$/);
		expect(dockerfile).toMatch(/"@rivetkit\/engine-manager-cli@\$\{ENGINE_MANAGER_CLI_VERSION\}"/);
		expect(dockerfile).toMatch(/"@rivetkit\/engine-cli@\$\{ENGINE_CLI_VERSION\}"/);
	});

	it("has a build that fails where there is no engine", () => {
		const commands = instructions.flatMap(({ name, text }) =>
			name === "RUN"
				? [...text.matchAll(/&& rivet-enginectl ([^&]*)/g)].map(([, rest = ""]) => rest.trim())
				: [],
		);
		expect(commands.map((command) => command.split(/\s+/)[0])).toEqual(["resolve"]);
		for (const command of commands) expect(invocationProblems(command.split(/\s+/))).toEqual([]);
	});

	it("runs as a user of its own, with no secret in its layers", () => {
		expect(lastInstruction(instructions, "USER")).toMatch(/^[1-9]\d*:[1-9]\d*$/);
		const variables = instructions
			.filter(({ name }) => name === "ENV" || name === "ARG")
			.map(({ text }) => text.split("=")[0]);
		expect(variables.filter((name) => SECRET_VARIABLE.test(name ?? ""))).toEqual([]);
	});

	it("keeps what the engine writes in a volume", () => {
		const volumes = execForm(lastInstruction(instructions, "VOLUME"));
		expect(instructions).toContainEqual({ name: "ENV", text: `RIVETKIT_STORAGE_PATH=${volumes[0]}` });
	});
});

describe("deploy/compose.yaml", async () => {
	const compose: ComposeFile = parse(await deployed("compose.yaml"), { merge: true });
	const services = Object.entries(compose.services);
	const engines = services.filter(([, { build }]) => build !== undefined);

	it("is a compose file, by the specification's schema and a lint", async () => {
		expect(await composeProblems(path.join(root, "deploy/compose.yaml"))).toEqual([]);
	});

	it("runs two engines as the tool's command line allows", () => {
		expect(engines.map(([name]) => name)).toEqual(["engine-1", "engine-2"]);
		for (const [name, { command = [] }] of engines) {
			expect(invocationProblems(imageArguments(command)), name).toEqual([]);
			expect(flagValue(command, "--bind-host"), name).toBe("0.0.0.0");
		}
	});

	it("publishes the guard ports alone, on loopback, each once", () => {
		const published = services.flatMap(([, { ports = [] }]) => ports);
		for (const port of published) expect(port).toMatch(new RegExp(`^127\\.0\\.0\\.1:\\d+:${GUARD_PORT}$`));
		expect(new Set(published).size).toBe(engines.length);
		expect(engines.every(([, { ports }]) => ports?.length === 1)).toBe(true);
	});

	it("gives each service the secrets that it names, from files", () => {
		for (const [name, service] of services) {
			const { command = [], environment = {}, secrets = [] } = service;
			const named = [...command, ...Object.values(environment)].flatMap((text) =>
				text.startsWith("/run/secrets/") ? [text.slice("/run/secrets/".length)] : [],
			);
			expect(named.sort(), name).toEqual([...secrets].sort());
			for (const secret of secrets)
				expect(compose.secrets[secret], secret).toEqual({ file: `./secrets/${secret}` });
			expect(Object.keys(environment).filter((variable) => SECRET_VARIABLE.test(variable))).toEqual([]);
		}
	});

	it("starts engines after what they need is healthy", () => {
		for (const [name, { depends_on }] of engines) {
			expect(Object.keys(depends_on ?? {}).sort(), name).toEqual(["nats", "postgres"]);
			for (const [dependency, { condition }] of Object.entries(depends_on ?? {})) {
				expect(condition, dependency).toBe("service_healthy");
				expect(compose.services[dependency]?.healthcheck?.test.slice(0, 1), dependency).toEqual(["CMD"]);
			}
			// An engine's own check comes with the image; one here would hide it.
			expect(compose.services[name]?.healthcheck).toBeUndefined();
		}
	});

	it("reaches NATS at the service's name, and gives each engine a folder of its own", () => {
		for (const [name, { command = [] }] of engines)
			expect(compose.services[flagValue(command, "--nats")?.split(":")[0] ?? ""], name).toBeDefined();
		const folders = engines.flatMap(([, { volumes = [] }]) => volumes);
		const storage = execForm(lastInstruction(instructions, "VOLUME"))[0];
		expect(folders.every((volume) => volume.endsWith(`:${storage}`))).toBe(true);
		expect(new Set(folders).size).toBe(engines.length);
	});

	it("waits longer for an engine's end than the tool does", () => {
		for (const [, { command = [], stop_grace_period = "" }] of engines)
			expectLongerThanGrace(Number(/^(\d+)s$/.exec(stop_grace_period)?.[1]), command);
	});

	it("keeps PostgreSQL and NATS in a network with no way out", () => {
		for (const name of ["postgres", "nats"]) expect(compose.services[name]?.networks).toEqual(["backend"]);
		expect(compose.networks["backend"]).toEqual({ internal: true });
	});
});

describe("deploy/kubernetes.yaml", async () => {
	const documents = readDocuments(await deployed("kubernetes.yaml"));
	const workloads = documents.filter(isWorkload);
	const services = documents.filter(isKind("Service"));
	const engine = named("Deployment", "rivet-engine");
	const pod = podOf(engine);
	const [container] = pod.containers;
	const args = container?.args ?? [];

	it("has documents of the kinds and fields that Kubernetes knows", () => {
		expect(kubernetesProblems(documents)).toEqual([]);
		const names = documents.map(({ kind, metadata }) => `${kind} ${metadata?.name}`);
		expect(new Set(names).size).toBe(names.length);
	});

	it("runs two engines as the tool's command line allows", () => {
		expect(engine.spec?.replicas).toBe(2);
		// A `command` would replace the image's own, with its tini.
		expect(container?.command).toBeUndefined();
		const files = new Map(
			Object.entries(secretData()).map(([key, value]) => [`/run/secrets/rivet/${key}`, value]),
		);
		expect(invocationProblems(imageArguments(args), files)).toEqual([]);
		expect(flagValue(args, "--bind-host")).toBe("0.0.0.0");
	});

	it("probes the guard's port, and never the database", () => {
		expect(container?.ports).toEqual([{ name: "guard", containerPort: GUARD_PORT }]);
		const probes = [container?.startupProbe, container?.readinessProbe, container?.livenessProbe];
		for (const probe of probes) expect(probe?.httpGet).toEqual({ path: "/health", port: "guard" });
	});

	it("gives an engine more time for its start than it takes, and waits longer for its end than the tool", () => {
		const { periodSeconds = 10, failureThreshold = 3 } = container?.startupProbe ?? {};
		expect(periodSeconds * failureThreshold).toBeGreaterThanOrEqual(60);
		expectLongerThanGrace(pod.terminationGracePeriodSeconds ?? 30, args);
	});

	it("replaces engines one at a time, with the time in between in which writes stall", () => {
		expect(engine.spec?.minReadySeconds).toBeGreaterThanOrEqual(RESTART_GAP_SECONDS);
		expect(engine.spec?.strategy?.rollingUpdate).toEqual({ maxSurge: 0, maxUnavailable: 1 });
		const budget = named("PodDisruptionBudget", "rivet-engine");
		expect(budget.spec?.maxUnavailable).toBe(1);
		expect(budget.spec?.selector).toEqual(engine.spec?.selector);
	});

	it("runs the image as the user that it has", () => {
		const [user, group] = lastInstruction(instructions, "USER").split(":").map(Number);
		expect(pod.securityContext).toMatchObject({
			runAsNonRoot: true,
			runAsUser: user,
			runAsGroup: group,
			fsGroup: group,
		});
		const storage = execForm(lastInstruction(instructions, "VOLUME"))[0];
		const place = container?.volumeMounts?.find(({ mountPath }) => mountPath === storage);
		expect(pod.volumes?.find(({ name }) => name === place?.name)?.emptyDir).toBeDefined();
	});

	it.each(workloads.map((workload) => [workload.metadata?.name, workload] as const))(
		"lets the pods of %s have what they need and no more",
		(_name, workload) => {
			const { template, selector } = workload.spec ?? {};
			expect(template?.metadata?.labels).toEqual(selector?.matchLabels);
			const spec = podOf(workload);
			expect(spec).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
			expect(spec.securityContext).toMatchObject({
				runAsNonRoot: true,
				seccompProfile: { type: "RuntimeDefault" },
			});
			for (const each of spec.containers) {
				expect(each.securityContext).toMatchObject({
					allowPrivilegeEscalation: false,
					capabilities: { drop: ["ALL"] },
				});
				expect(each.resources?.limits?.["memory"]).toBeDefined();
				expect(portProblems(each)).toEqual([]);
				expect(secretProblems(each, workload)).toEqual([]);
			}
		},
	);

	it.each(services.map((service) => [service.metadata?.name, service] as const))(
		"has pods behind the service %s, and their port",
		(_name, service) => {
			const { selector, ports = [] } = service.spec ?? {};
			const behind = workloads.filter(
				({ spec }) => JSON.stringify(spec?.selector?.matchLabels) === JSON.stringify(selector),
			);
			expect(behind).toHaveLength(1);
			const open = podOf(behind[0]).containers.flatMap((each) => each.ports ?? []);
			for (const { port, targetPort } of ports)
				expect(open).toContainEqual({ name: targetPort, containerPort: port });
		},
	);

	it("reaches PostgreSQL and NATS at their services, with the port that they have", () => {
		const addresses = services.map(({ metadata, spec }) => `${metadata?.name}:${spec?.ports?.[0]?.port}`);
		expect(addresses).toContain(flagValue(args, "--nats"));
		expect(addresses).toContain(new URL(secretData()["postgres-url"] ?? "").host);
		expect(addresses).toContain(new URL(flagValue(args, "--public-url") ?? "").host);
	});

	it("has words in place of all secrets, which cannot be overlooked", () => {
		const words = Object.values(secretData()).map((value) => /REPLACE_[A-Z_]+/.exec(value)?.[0]);
		expect(words).not.toContain(undefined);
		// Values that must be equal have the same word in their place.
		const { "postgres-url": url, "nats.conf": configuration, ...single } = secretData();
		expect(url).toContain(`:${single["postgres-password"]}@`);
		expect(configuration).toContain(`password: "${single["nats-password"]}"`);
		expect(configuration).toContain(`user: "${flagValue(args, "--nats-username")}"`);
	});

	function named<Kind extends DocumentKind>(kind: Kind, name: string): DocumentOf<Kind> {
		const found = documents.filter(isKind(kind)).find(({ metadata }) => metadata?.name === name);
		if (found === undefined) throw new Error(`There is no ${kind} '${name}'.`);
		return found;
	}

	function secretData(): Readonly<Record<string, string>> {
		return named("Secret", "rivet-engine").stringData ?? {};
	}

	/** Files of secrets that are named and not there, mounts without a volume, and secrets in variables. */
	function secretProblems(each: Container, workload: Workload): readonly string[] {
		const { volumes = [] } = podOf(workload);
		const claims = isKind("StatefulSet")(workload)
			? (workload.spec?.volumeClaimTemplates ?? []).map(({ metadata }) => metadata?.name)
			: [];
		const files = (each.volumeMounts ?? []).flatMap(({ name, mountPath }) => {
			const items = volumes.find((volume) => volume.name === name)?.secret?.items ?? [];
			return items.map(({ key, path: file }) => ({ key, file: `${mountPath}/${file}` }));
		});
		const words = [...(each.args ?? []), ...(each.env ?? []).map(({ value }) => value ?? "")];
		const used = words.filter((word) => word.startsWith("/run/secrets/"));
		return [
			...used.filter((word) => !files.some(({ file }) => file === word)),
			...files.flatMap(({ file }) => (used.includes(file) ? [] : [`${file} is not used`])),
			...files.flatMap(({ key }) => (key in secretData() ? [] : [`the Secret has no '${key}'`])),
			...(each.volumeMounts ?? [])
				.map(({ name }) => name)
				.filter((name) => ![...volumes.map((volume) => volume.name), ...claims].includes(name)),
			...(each.env ?? []).map(({ name }) => name).filter((name) => SECRET_VARIABLE.test(name)),
		];
	}
});

describe("deploy/README.md", async () => {
	const readme = await deployed("README.md");

	it("names every file", () => {
		for (const file of ["rivet-engine.service", "Dockerfile", "compose.yaml", "kubernetes.yaml"])
			expect(readme).toContain(`(${file})`);
	});

	it("gives commands that the tool's command line allows", () => {
		const commands = [...readme.matchAll(/^(?:sudo )?rivet-enginectl (.*)$/gm)].map(([, rest = ""]) => rest);
		expect(commands.length).toBeGreaterThan(0);
		for (const command of commands) expect(invocationProblems(command.trim().split(/\s+/))).toEqual([]);
	});
});

/** A compose file, as far as it is read here; its schema is checked by dclint. */
interface ComposeFile {
	readonly services: Readonly<Record<string, ComposeService>>;
	readonly networks: Readonly<Record<string, unknown>>;
	readonly secrets: Readonly<Record<string, unknown>>;
}

interface ComposeService {
	readonly build?: string;
	readonly command?: readonly string[];
	readonly environment?: Readonly<Record<string, string>>;
	readonly ports?: readonly string[];
	readonly secrets?: readonly string[];
	readonly volumes?: readonly string[];
	readonly networks?: readonly string[];
	readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
	readonly healthcheck?: { readonly test: readonly string[] };
	readonly stop_grace_period?: string;
}

/** The kinds that the manifest has; {@link kubernetesProblems} checks that they are what they say. */
type ManifestDocument = Deployment | PodDisruptionBudget | Secret | Service | StatefulSet;

type DocumentKind = NonNullable<ManifestDocument["kind"]>;

type DocumentOf<Kind extends DocumentKind> = Extract<ManifestDocument, { kind?: Kind }>;

type Workload = Deployment | StatefulSet;

async function deployed(name: string): Promise<string> {
	return readFile(path.join(root, "deploy", name), "utf8");
}

function isMissing(program: string): boolean {
	try {
		execFileSync(program, ["--version"], { stdio: "ignore" });
		return false;
	} catch {
		console.error(`${program} is not installed here, so what it would say of deploy/ is not tested.`);
		return true;
	}
}

/** Returns the arguments of the tool in a container that is started with these arguments. */
function imageArguments(args: readonly string[]): readonly string[] {
	return [...entrypoint.slice(entrypoint.indexOf("rivet-enginectl") + 1), ...args];
}

function expectLongerThanGrace(seconds: number, args: readonly string[]): void {
	const grace = Number(flagValue(args, "--grace"));
	expect(grace).toBeGreaterThan(0);
	expect(seconds * 1000).toBeGreaterThanOrEqual(grace + AFTER_GRACE_MS);
}

function readDocuments(text: string): readonly ManifestDocument[] {
	return parseAllDocuments(text).map((document) => {
		if (document.errors.length > 0) throw new Error(String(document.errors[0]));
		return document.toJS();
	});
}

function isKind<Kind extends DocumentKind>(
	kind: Kind,
): (document: ManifestDocument) => document is DocumentOf<Kind> {
	return (document): document is DocumentOf<Kind> => document.kind === kind;
}

function isWorkload(document: ManifestDocument): document is Workload {
	return document.kind === "Deployment" || document.kind === "StatefulSet";
}

function podOf(workload: Workload | undefined): PodSpec {
	const spec = workload?.spec?.template.spec;
	if (spec === undefined) throw new Error("It has no pod.");
	return spec;
}

/** Probes of ports that the container does not name. */
function portProblems(container: Container): readonly string[] {
	const names = (container.ports ?? []).map(({ name }) => name);
	const probes: readonly (Probe | undefined)[] = [
		container.startupProbe,
		container.readinessProbe,
		container.livenessProbe,
	];
	return probes.flatMap((probe) => {
		const port = probe?.httpGet?.port;
		return port === undefined || names.includes(String(port)) ? [] : [`${port} is not among ${names}`];
	});
}
