import { constants } from "node:fs";
import { access, open, stat } from "node:fs/promises";
import { EngineError } from "@rivetkit/engine-core";
import { HEADER_BYTES, readExecutableHeader } from "./executable-header.ts";

/** The codes that {@link checkExecutable} throws. */
export type ExecutableErrorCode = "binary_not_found" | "binary_not_executable" | "binary_wrong_platform";

/**
 * Checks, without running it, that a file can be an engine on this machine: a regular file that is not
 * empty, has the executable bit, and starts like a program of this platform or like a script.
 *
 * @param origin - Who named the path, for the error.
 * @throws EngineError `binary_not_found`, `binary_not_executable`, `binary_wrong_platform`.
 */
export async function checkExecutable(path: string, origin: string): Promise<void> {
	const stats = await stat(path).catch((error: NodeJS.ErrnoException) => error);
	if (stats instanceof Error) {
		if (stats.code !== "ENOENT" && stats.code !== "ENOTDIR")
			throw notExecutable(path, origin, stats.message, undefined);
		throw new EngineError("binary_not_found", `Engine binary was not found at '${path}'.`, {
			metadata: {
				path,
				origin,
				hint: `The path comes from ${describe(origin)}; correct it or leave it out.`,
			},
			cause: stats,
		});
	}
	if (stats.isDirectory()) {
		throw notExecutable(
			path,
			origin,
			"it is a directory",
			`Name the file in it, such as '${path}/rivet-engine'.`,
		);
	}
	if (!stats.isFile()) throw notExecutable(path, origin, "it is not a regular file", undefined);
	if (stats.size === 0) throw notExecutable(path, origin, "it is empty", "Fetch it again.");
	await access(path, constants.X_OK).catch(() => {
		const mode = (stats.mode & 0o777).toString(8).padStart(4, "0");
		throw notExecutable(
			path,
			origin,
			`its mode is ${mode}, without the right to execute it`,
			`Run: chmod +x '${path}'.`,
		);
	});
	await checkHeader(path, origin, stats.size);
}

async function checkHeader(path: string, origin: string, sizeBytes: number): Promise<void> {
	const start = await readStart(path);
	// With the right to execute it but not to read it, the system alone can judge the file.
	if (start === undefined) return;
	const header = readExecutableHeader(start, { platform: process.platform, arch: process.arch });
	switch (header.kind) {
		case "script":
			return;
		case "native":
			if (header.minimumSizeBytes <= sizeBytes) return;
			throw notExecutable(
				path,
				origin,
				`it is truncated: it has ${sizeBytes} bytes of at least ${header.minimumSizeBytes}`,
				"Fetch it again.",
			);
		case "other-platform":
			throw new EngineError(
				"binary_wrong_platform",
				`Engine binary '${path}' is made for ${header.platform}; this machine is ${process.platform} on ${process.arch}.`,
				{
					metadata: {
						path,
						origin,
						hint: "Get the file for this platform, or install `@rivetkit/engine-cli`.",
					},
				},
			);
		case "unknown":
			throw notExecutable(
				path,
				origin,
				"it is neither a program nor a script that starts with '#!'",
				"If it is a wrapper script, give it a first line such as '#!/bin/sh'.",
			);
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

function notExecutable(
	path: string,
	origin: string,
	reason: string,
	cure: string | undefined,
): EngineError<"binary_not_executable"> {
	return new EngineError("binary_not_executable", `Engine binary '${path}' cannot be executed: ${reason}.`, {
		metadata: {
			path,
			origin,
			reason,
			hint: `${cure === undefined ? "" : `${cure} `}The path comes from ${describe(origin)}.`,
		},
	});
}

function describe(origin: string): string {
	return origin === "option"
		? "the option `binaryPath`"
		: origin === "npm"
			? "`@rivetkit/engine-cli`"
			: `\`${origin}\``;
}
