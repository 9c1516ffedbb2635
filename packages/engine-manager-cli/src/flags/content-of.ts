import { readSecretFile } from "@rivetkit/engine-config";
import { InvalidArgumentError } from "commander";

/** Reads a secret from a file. */
export function contentOf(file: string): string {
	const content = readSecretFile(file);
	if (content instanceof Error)
		throw new InvalidArgumentError(`The file cannot be read: ${content.message}.`);
	if (content === "") throw new InvalidArgumentError("The file is empty.");
	return content;
}
