import { execFile } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { cp, mkdir, readdir, readFile, stat, symlink } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { type Manifest, root, type WorkspacePackage } from "./workspace.ts";

const run = promisify(execFile);

/** A package as it would be published. */
export interface PackedPackage {
	readonly tarball: string;
	/** The folder with what is in the tarball. */
	readonly unpacked: string;
}

/** By the full name of each package. */
export type PackedPackages = ReadonlyMap<string, PackedPackage>;

/** A package in a folder of its own, with what it needs and nothing else. */
export interface InstalledPackage {
	readonly folder: string;
	/** The packages of this workspace, by full name, itself among them. */
	readonly own: readonly string[];
	/** All others. */
	readonly thirdParty: readonly string[];
	/** The size of all files of both. */
	readonly sizeBytes: number;
}

/** Packs packages in one go, since each start of pnpm takes a second, and unpacks each once. */
export async function packPackages(
	packages: readonly WorkspacePackage[],
	folder: string,
): Promise<PackedPackages> {
	const filters = packages.flatMap(({ manifest }) => ["--filter", manifest.name]);
	await run("pnpm", [...filters, "--recursive", "pack", "--pack-destination", folder], { cwd: root });
	const packed = packages.map(async ({ name, manifest }): Promise<[string, PackedPackage]> => {
		const tarball = path.join(folder, `rivetkit-${name}-${manifest.version}.tgz`);
		const unpacked = path.join(folder, "unpacked", name);
		await mkdir(unpacked, { recursive: true });
		await run("tar", ["-xzf", tarball, "-C", unpacked, "--strip-components=1"]);
		return [manifest.name, { tarball, unpacked }];
	});
	return new Map(await Promise.all(packed));
}

/**
 * Installs a packed package as npm would, without npm and the network: each package that manifests lead to is copied
 * from its tarball, and what is third-party is linked from this checkout. An optional peer is left out.
 */
export async function installPacked(
	name: string,
	packed: PackedPackages,
	folder: string,
): Promise<InstalledPackage> {
	const own = new Set<string>();
	const thirdParty = new Map<string, string>();
	const add = async (one: string): Promise<void> => {
		const source = packed.get(one);
		if (source === undefined) throw new Error(`'${one}' was not packed.`);
		own.add(one);
		const place = placeOf(folder, one);
		await cp(source.unpacked, place, { recursive: true });
		for (const needed of await dependenciesOf(place)) {
			if (!packed.has(needed)) await addThirdParty(needed, path.join(root, "packages", path.basename(one)));
			else if (!own.has(needed)) await add(needed);
		}
	};
	const addThirdParty = async (one: string, neededBy: string): Promise<void> => {
		const place = realpathSync(nearest(one, neededBy));
		if (thirdParty.has(one)) return;
		thirdParty.set(one, place);
		for (const needed of await dependenciesOf(place)) await addThirdParty(needed, place);
	};
	await add(name);
	for (const [one, place] of thirdParty) {
		await mkdir(path.dirname(placeOf(folder, one)), { recursive: true });
		await symlink(place, placeOf(folder, one));
	}
	const places = [...[...own].map((one) => placeOf(folder, one)), ...thirdParty.values()];
	const sizes = await Promise.all(places.map(sizeOf));
	return {
		folder,
		own: [...own].sort(),
		thirdParty: [...thirdParty.keys()].sort(),
		sizeBytes: sizes.reduce((sum, size) => sum + size, 0),
	};
}

function placeOf(folder: string, name: string): string {
	return path.join(folder, "node_modules", name);
}

async function dependenciesOf(place: string): Promise<readonly string[]> {
	const manifest: Manifest = JSON.parse(await readFile(path.join(place, "package.json"), "utf8"));
	return Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
}

/** Finds a package as Node does, from a folder upwards. */
function nearest(name: string, from: string): string {
	const candidate = placeOf(from, name);
	if (existsSync(candidate)) return candidate;
	const parent = path.dirname(from);
	if (parent === from) throw new Error(`'${name}' is not installed.`);
	return nearest(name, parent);
}

async function sizeOf(folder: string): Promise<number> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	const files = entries.filter((entry) => entry.isFile());
	const sizes = await Promise.all(files.map((file) => stat(path.join(file.parentPath, file.name))));
	return sizes.reduce((sum, { size }) => sum + size, 0);
}
