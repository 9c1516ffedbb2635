import { constants } from "node:fs";
import { access, open, stat } from "node:fs/promises";
import { HEADER_BYTES, readExecutableHeader } from "./executable-header.ts";

/** Result of the inspection of a file, which is not run. */
export type ExecutableInspection =
	| { readonly kind: "executable" }
	| { readonly kind: "missing"; readonly cause: Error }
	/** `cure` is a sentence that tells the user what to do, without its full stop. */
	| { readonly kind: "not-permitted"; readonly reason: string; readonly cure: string }
	| { readonly kind: "unusable"; readonly reason: string; readonly cure?: string }
	/** `platform` is the platform that the file is made for. */
	| { readonly kind: "other-platform"; readonly platform: string };

/**
 * Checks if a file can be an engine on this machine: a regular file that is not empty, has the executable bit, and starts
 * like a program of this platform or like a script.
 */
export async function inspectExecutable(path: string): Promise<ExecutableInspection> {
	const stats = await stat(path).catch((error: NodeJS.ErrnoException) => error);
	if (stats instanceof Error) {
		return stats.code === "ENOENT" || stats.code === "ENOTDIR"
			? { kind: "missing", cause: stats }
			: { kind: "unusable", reason: stats.message };
	}
	if (stats.isDirectory()) {
		const cure = `Name the file in it, such as '${path}/rivet-engine'`;
		return { kind: "unusable", reason: "it is a directory", cure };
	}
	if (!stats.isFile()) return { kind: "unusable", reason: "it is not a regular file" };
	if (stats.size === 0) return { kind: "unusable", reason: "it is empty", cure: "Fetch it again" };
	if (!(await isPermitted(path))) {
		const mode = (stats.mode & 0o777).toString(8).padStart(4, "0");
		return {
			kind: "not-permitted",
			reason: `its mode is ${mode}, without the right to execute it`,
			cure: `Run: chmod +x '${path}'`,
		};
	}
	return await inspectStart(path, stats.size);
}

async function isPermitted(path: string): Promise<boolean> {
	return await access(path, constants.X_OK).then(
		() => true,
		() => false,
	);
}

async function inspectStart(path: string, sizeBytes: number): Promise<ExecutableInspection> {
	const start = await readStart(path);
	// The file may be executable although it cannot be read. Only an attempt to run it can show that.
	if (start === undefined) return { kind: "executable" };
	const header = readExecutableHeader(start, { platform: process.platform, arch: process.arch });
	switch (header.kind) {
		case "script":
			return { kind: "executable" };
		case "native":
			if (header.minimumSizeBytes <= sizeBytes) return { kind: "executable" };
			return {
				kind: "unusable",
				reason: `it is truncated: it has ${sizeBytes} bytes of at least ${header.minimumSizeBytes}`,
				cure: "Fetch it again",
			};
		case "other-platform":
			return { kind: "other-platform", platform: header.platform };
		case "unknown":
			return {
				kind: "unusable",
				reason: "it is neither a program nor a script that starts with '#!'",
				cure: "If it is a wrapper script, give it a first line such as '#!/bin/sh'",
			};
	}
}

async function readStart(path: string): Promise<Buffer | undefined> {
	const file = await open(path).catch(() => undefined);
	if (file === undefined) return undefined;
	try {
		const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
		return buffer.subarray(0, bytesRead);
	} finally {
		await file.close();
	}
}
