import { createHash } from "node:crypto";
import { chmodSync, writeFileSync } from "node:fs";
import { cp, mkdir, readFile, symlink, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { engineArtifactName, engineCachePath } from "@rivetkit/engine-core";
import { type EngineReceipt, writeReceipt } from "@rivetkit/engine-core/receipt";
import { createFakeEngine, type FakeEngine } from "@rivetkit/engine-testkit";
import type { ResolverSettings } from "../src/source.ts";

/** The scoped name of the package with this platform's binary. */
export const platformPackage: string = `engine-cli-${process.platform}-${process.arch}${process.platform === "linux" ? "-musl" : ""}`;

/** A version that no engine has, so that the engine that is installed in this workspace declines. */
export const NO_SUCH_VERSION = "0.0.1";

/** Makes settings without a named path and without a download. */
export function configured(cwd: string, changes: Partial<ResolverSettings> = {}): ResolverSettings {
	return {
		binaryPath: undefined,
		cargoRoot: undefined,
		version: NO_SUCH_VERSION,
		versionIsExplicit: true,
		autoDownload: false,
		cwd,
		storageRoot: path.join(cwd, ".rivetkit"),
		environment: { PATH: process.env.PATH },
		...changes,
	};
}

/** Writes a package's manifest. */
export async function addPackage(folder: string, name: string, version = "2.3.19"): Promise<void> {
	await mkdir(folder, { recursive: true });
	await writeFile(path.join(folder, "package.json"), JSON.stringify({ name, version }));
}

/** Lays out packages like npm, beside each other. The caller disposes of the engine. */
export async function npmTree(project: string, version: string): Promise<FakeEngine> {
	const scope = path.join(project, "node_modules/@rivetkit");
	await addPackage(path.join(scope, "engine-cli"), "@rivetkit/engine-cli");
	await addPackage(path.join(scope, platformPackage), `@rivetkit/${platformPackage}`);
	return await createFakeEngine({ version }, { folder: path.join(scope, platformPackage) });
}

/** Lays out packages like pnpm: the project sees only `dependency`, and each package only its own dependencies. */
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

/** Installs the built packages into a folder without an engine, and returns the module's URL. */
export async function installResolver(project: string): Promise<URL> {
	const scope = path.join(project, "node_modules/@rivetkit");
	for (const name of ["engine-core", "engine-resolver"]) {
		const from = new URL(`../../${name}/`, import.meta.url);
		await cp(new URL("dist", from), path.join(scope, name, "dist"), { recursive: true });
		await cp(new URL("package.json", from), path.join(scope, name, "package.json"));
	}
	return new URL(`file://${path.join(scope, "engine-resolver/dist/index.js")}`);
}

/** Returns the path of the wanted binary in the cache. */
export function cachePathOf({ storageRoot, version }: ResolverSettings): string {
	return engineCachePath(storageRoot, version, engineArtifactName(process.platform, process.arch));
}

/** Puts a file into the cache, with an old mtime. */
export async function addCached(
	configuration: ResolverSettings,
	content: string | Buffer,
	mode = 0o755,
): Promise<string> {
	const file = cachePathOf(configuration);
	await mkdir(path.dirname(file), { recursive: true });
	// Synchronous: if a child is forked while the file is open for writing, the file cannot be executed (ETXTBSY).
	writeFileSync(file, content);
	chmodSync(file, mode);
	await setMtime(file, LONG_AGO);
	return file;
}

/** An mtime that is long ago, in seconds. */
export const LONG_AGO = 1_600_000_000;

/** Sets the mtime of a file, in seconds. */
export async function setMtime(file: string, seconds: number): Promise<void> {
	await utimes(file, seconds, seconds);
}

/** Writes the receipt of a file, with the digest of its content. */
export async function addReceipt(file: string, engineVersion: string | null): Promise<EngineReceipt> {
	const sha256 = createHash("sha256")
		.update(await readFile(file))
		.digest("hex");
	return await writeReceipt(file, { sha256, url: "https://example.com/engine", engineVersion });
}

/** Makes a script that answers to `--version`. */
export function versionScript(version: string, also = ""): string {
	return `#!/bin/sh\n${also}\necho 'Rivet ${version}'\n`;
}

/**
 * Makes an ELF file for this machine that is complete by its section table. It must not be run: the kernel refuses it,
 * and libuv then makes a shell read it as a script.
 */
export function elfFile(sizeBytes: number): Buffer {
	const file = Buffer.alloc(sizeBytes);
	file.write("\x7fELF\x02\x01\x01", "latin1");
	file.writeUInt16LE(process.arch === "arm64" ? 183 : 62, 18);
	file.writeBigUInt64LE(BigInt(sizeBytes - 64), 40);
	file.writeUInt16LE(64, 58);
	file.writeUInt16LE(1, 60);
	return file;
}
