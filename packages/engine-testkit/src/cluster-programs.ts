import { accessSync, constants, readdirSync } from "node:fs";
import path from "node:path";

/** The folder of Debian's PostgreSQL. It has a folder for each version, and none of them is on the PATH. */
const DEBIAN_POSTGRES = "/usr/lib/postgresql";

/** Finds the folder with PostgreSQL's programs: Debian's newest version, else the version on the PATH; else undefined. */
export function postgresPrograms(): string | undefined {
	const debian = versionsIn(DEBIAN_POSTGRES).map((version) => path.join(DEBIAN_POSTGRES, version, "bin"));
	return [...debian, ...searchPath()].find((folder) =>
		["postgres", "initdb", "createdb", "psql"].every((name) => isExecutable(path.join(folder, name))),
	);
}

/** Finds a program on the PATH, or in Debian's folder for servers, which is only on root's PATH. */
export function findProgram(name: string): string | undefined {
	return [...searchPath(), "/usr/sbin"].map((folder) => path.join(folder, name)).find(isExecutable);
}

function versionsIn(folder: string): readonly string[] {
	try {
		return readdirSync(folder)
			.filter((name) => /^\d/.test(name))
			.sort((one, other) => Number.parseFloat(other) - Number.parseFloat(one));
	} catch {
		return [];
	}
}

function searchPath(): readonly string[] {
	return (process.env["PATH"] ?? "").split(path.delimiter).filter((folder) => path.isAbsolute(folder));
}

function isExecutable(file: string): boolean {
	try {
		accessSync(file, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}
