/** An instruction of a Dockerfile. */
export interface Instruction {
	/** In capitals. */
	readonly name: string;
	/** All after the name, with continued lines joined. */
	readonly text: string;
}

/** Reads a Dockerfile's instructions, in their order. */
export function readDockerfile(text: string): readonly Instruction[] {
	return text
		.replaceAll(/^\s*#.*\n/gm, "")
		.replaceAll(/\\\n/g, " ")
		.split("\n")
		.flatMap((line) => {
			const [, name, rest] = /^\s*(\w+)\s+(.*)$/.exec(line) ?? [];
			return name === undefined || rest === undefined
				? []
				: [{ name: name.toUpperCase(), text: rest.trim() }];
		});
}

/** The text of the last instruction of a name, which is the one that counts. */
export function lastInstruction(instructions: readonly Instruction[], name: string): string {
	const found = instructions.findLast((instruction) => instruction.name === name);
	if (found === undefined) throw new Error(`The Dockerfile has no ${name}.`);
	return found.text;
}

/** The words of an instruction in the form of a JSON list. The other form goes through a shell, which passes no signals on. */
export function execForm(text: string): readonly string[] {
	const words: unknown = JSON.parse(text.slice(text.indexOf("[")));
	if (!Array.isArray(words) || !words.every((word) => typeof word === "string"))
		throw new Error(`'${text}' is not a list of texts.`);
	return words;
}
