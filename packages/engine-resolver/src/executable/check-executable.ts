import { EngineError } from "@rivetkit/engine-core";
import type { EngineSourceName } from "../source.ts";
import { inspectExecutable } from "./inspect-executable.ts";

/** The codes that {@link checkExecutable} throws. */
export type ExecutableErrorCode = "binary_not_found" | "binary_not_executable" | "binary_wrong_platform";

/**
 * Checks that a named file can be an engine on this machine, without running it.
 *
 * @param origin - The source that gave the path, for the error.
 * @throws EngineError `binary_not_found`, `binary_not_executable`, `binary_wrong_platform`.
 */
export async function checkExecutable(path: string, origin: EngineSourceName): Promise<void> {
	const inspection = await inspectExecutable(path);
	switch (inspection.kind) {
		case "executable":
			return;
		case "missing":
			throw new EngineError("binary_not_found", `Engine binary was not found at '${path}'.`, {
				metadata: {
					path,
					origin,
					hint: `The path comes from ${describe(origin)}; correct it or leave it out.`,
				},
				cause: inspection.cause,
			});
		case "not-permitted":
		case "unusable":
			throw notExecutableError(path, origin, inspection.reason, inspection.cure);
		case "other-platform":
			throw new EngineError(
				"binary_wrong_platform",
				`Engine binary '${path}' is made for ${inspection.platform}; this machine is ${process.platform} on ${process.arch}.`,
				{
					metadata: {
						path,
						origin,
						hint: "Get the file for this platform, or install `@rivetkit/engine-cli`.",
					},
				},
			);
	}
}

function notExecutableError(
	path: string,
	origin: EngineSourceName,
	reason: string,
	cure: string | undefined,
): EngineError<"binary_not_executable"> {
	return new EngineError("binary_not_executable", `Engine binary '${path}' cannot be executed: ${reason}.`, {
		metadata: {
			path,
			origin,
			reason,
			hint: `${cure ?? "Name another file"} (the path comes from ${describe(origin)}).`,
		},
	});
}

function describe(origin: EngineSourceName): string {
	switch (origin) {
		case "option":
			return "the option `binaryPath`";
		case "RIVET_ENGINE_BINARY_PATH":
		case "RIVET_ENGINE_BINARY":
			return `\`${origin}\``;
		case "cargo":
			return "the Cargo build that the option `cargoRoot` asks for";
		case "npm":
			return "`@rivetkit/engine-cli`";
		case "cache":
			return "the cache in the storage root";
		case "download":
			return "the download";
	}
}
