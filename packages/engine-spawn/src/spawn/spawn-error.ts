import { existsSync } from "node:fs";
import { EngineError } from "@rivetkit/engine-core";
import { type NamedInterpreter, namedInterpreter } from "./named-interpreter.ts";

/** The codes of a failed spawn. */
export type SpawnErrorCode =
	| "binary_not_found"
	| "binary_not_executable"
	| "binary_wrong_platform"
	| "file_in_use";

/** Makes the error for the system's refusal to execute a file. */
export function spawnError(error: NodeJS.ErrnoException, file: string): EngineError<SpawnErrorCode> {
	const make = (code: SpawnErrorCode, message: string, hint: string): EngineError<SpawnErrorCode> =>
		new EngineError(code, message, { metadata: { path: file, errno: error.code, hint }, cause: error });
	switch (error.code) {
		case "ENOENT":
			if (!existsSync(file)) {
				return make("binary_not_found", `Engine binary was not found at '${file}'.`, "Check the path.");
			}
			return make("binary_wrong_platform", ...missingInterpreter(file, namedInterpreter(file)));
		case "ENOEXEC":
			return make(
				"binary_wrong_platform",
				`Engine binary '${file}' is not a program for this machine.`,
				"Get the file for this platform, or install `@rivetkit/engine-cli`.",
			);
		case "ETXTBSY":
			return make(
				"file_in_use",
				`Engine binary '${file}' is being written by another process.`,
				"Wait until that is done and try again.",
			);
		case "EACCES":
			return make(
				"binary_not_executable",
				`Engine binary '${file}' cannot be executed: permission denied.`,
				"Check its mode, and that its file system is not mounted noexec.",
			);
		default:
			return make(
				"binary_not_executable",
				`Engine binary '${file}' could not be started: ${error.message}.`,
				"See the cause for the system's reason.",
			);
	}
}

/** Explains ENOENT for a file that exists: the system reports a missing loader or interpreter with the same code. */
function missingInterpreter(
	file: string,
	named: NamedInterpreter | undefined,
): [message: string, hint: string] {
	const cannot = `Engine binary '${file}' cannot be started: `;
	switch (named?.kind) {
		case "loader":
			return [
				`${cannot}its loader '${named.path}' is not on this machine.`,
				"Use the published engine, which is linked statically and needs none, or install the C library that the loader belongs to.",
			];
		case "interpreter":
			return named.path.endsWith("\r")
				? [
						`${cannot}its first line ends with the line break of Windows, so '${named.path.trimEnd()}' is not found.`,
						"Save the script with Unix line breaks.",
					]
				: [
						`${cannot}'${named.path}', which its first line names, is not on this machine.`,
						"Install that interpreter, or correct the script's first line.",
					];
		case undefined:
			return [
				`${cannot}the loader or interpreter that it names is not on this machine.`,
				"Use the published engine, which is linked statically, or install what `ldd` names.",
			];
	}
}
