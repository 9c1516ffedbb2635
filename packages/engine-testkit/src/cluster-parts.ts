import { writeSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { findProgram, postgresPrograms } from "./cluster-programs.ts";

/** A program that a cluster needs besides its engines. The name is that of the Debian package. */
export type ClusterPart = "postgresql" | "nats-server" | "tini" | "socat";

/** The answer to the question if this machine has all parts of a cluster that a test needs, with the missing parts. */
export type ClusterParts =
	| { readonly kind: "available" }
	| {
			readonly kind: "missing";
			readonly programs: readonly ClusterPart[];
			/** The command that installs the missing parts. */
			readonly hint: string;
	  };

const DATABASE_AND_MESSAGES: readonly ClusterPart[] = ["postgresql", "nats-server"];

/** Finds out which parts are installed. @param needed - @defaultValue PostgreSQL and NATS */
export function clusterParts(needed: readonly ClusterPart[] = DATABASE_AND_MESSAGES): ClusterParts {
	const programs = needed.filter((part) => !isInstalled(part));
	if (programs.length === 0) return { kind: "available" };
	return { kind: "missing", programs, hint: `apt-get install ${programs.join(" ")}` };
}

/**
 * True if a test file has to skip tests that need these parts, for `describe.skipIf`. A line on stderr then names the
 * missing parts.
 *
 * @param testFile - `import.meta.url` of the test
 * @param needed - @defaultValue PostgreSQL and NATS
 * @throws Error instead, where `RIVET_CLUSTER` asks that nothing be skipped
 */
export function lacksClusterParts(testFile: string, needed?: readonly ClusterPart[]): boolean {
	const parts = clusterParts(needed);
	if (parts.kind === "available") return false;
	const file = path.relative(process.cwd(), fileURLToPath(testFile));
	const reason = `${parts.programs.join(" and ")} not installed; ${parts.hint}`;
	if (process.env["RIVET_CLUSTER"] !== undefined) throw new Error(`${file} cannot run: ${reason}`);
	// Vitest would put a heading of its own above what console.error writes.
	writeSync(2, `skipped in ${file}: ${reason}\n`);
	return true;
}

function isInstalled(part: ClusterPart): boolean {
	return (part === "postgresql" ? postgresPrograms() : findProgram(part)) !== undefined;
}
