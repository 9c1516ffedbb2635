import { cp, mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { createFakeEngine, type FakeEngine } from "@rivetkit/engine-testkit";
import type { EngineResolverConfiguration } from "../src/index.ts";

/** The scoped name of the package with this platform's binary. */
export const platformPackage: string = `engine-cli-${process.platform}-${process.arch}${process.platform === "linux" ? "-musl" : ""}`;

/** A version that no engine has: with it, the engine that this workspace itself has installed declines. */
export const NO_SUCH_VERSION = "0.0.1";

/** What to resolve, with nothing named and no download. */
export function configured(
	cwd: string,
	changes: Partial<EngineResolverConfiguration> = {},
): EngineResolverConfiguration {
	return {
		version: NO_SUCH_VERSION,
		versionIsExplicit: true,
		autoDownload: false,
		cwd,
		environment: { PATH: process.env.PATH },
		...changes,
	};
}

/** Writes a package's manifest. */
export async function addPackage(folder: string, name: string, version = "2.3.19"): Promise<void> {
	await mkdir(folder, { recursive: true });
	await writeFile(path.join(folder, "package.json"), JSON.stringify({ name, version }));
}

/** As npm lays it out: everything beside each other. The caller disposes of the engine. */
export async function npmTree(project: string, version: string): Promise<FakeEngine> {
	const scope = path.join(project, "node_modules/@rivetkit");
	await addPackage(path.join(scope, "engine-cli"), "@rivetkit/engine-cli");
	await addPackage(path.join(scope, platformPackage), `@rivetkit/${platformPackage}`);
	return await createFakeEngine({ version }, { folder: path.join(scope, platformPackage) });
}

/** As pnpm lays it out: the project sees `dependency` only, and each package its own dependencies. */
export async function pnpmTree(
	project: string,
	version: string,
	dependency: "@rivetkit/engine-cli" | "rivetkit",
): Promise<FakeEngine> {
	const store = path.join(project, "node_modules/.pnpm");
	const inStore = (name: string, of = name): string =>
		path.join(store, `${of.replace("/", "+")}@2.3.19/node_modules`, name);
	for (const name of ["rivetkit", "@rivetkit/engine-cli", `@rivetkit/${platformPackage}`]) {
		await addPackage(inStore(name), name);
	}
	await link(
		inStore(`@rivetkit/${platformPackage}`),
		inStore(`@rivetkit/${platformPackage}`, "@rivetkit/engine-cli"),
	);
	await link(inStore("@rivetkit/engine-cli"), inStore("@rivetkit/engine-cli", "rivetkit"));
	await link(inStore(dependency), path.join(project, "node_modules", dependency));
	return await createFakeEngine({ version }, { folder: inStore(`@rivetkit/${platformPackage}`) });
}

async function link(target: string, at: string): Promise<void> {
	await mkdir(path.dirname(at), { recursive: true });
	await symlink(target, at, "junction");
}

/** Installs the built packages into a folder without an engine, and answers with the module's URL. */
export async function installResolver(project: string): Promise<URL> {
	const scope = path.join(project, "node_modules/@rivetkit");
	for (const name of ["engine-core", "engine-resolver"]) {
		const from = new URL(`../../${name}/`, import.meta.url);
		await cp(new URL("dist", from), path.join(scope, name, "dist"), { recursive: true });
		await cp(new URL("package.json", from), path.join(scope, name, "package.json"));
	}
	return new URL(`file://${path.join(scope, "engine-resolver/dist/index.js")}`);
}
