/** Reads the values of a systemd unit's directives, by section and name, such as `Service.ExecStart`. */
export function readUnit(text: string): ReadonlyMap<string, readonly string[]> {
	const directives = new Map<string, string[]>();
	let section = "";
	for (const line of logicalLines(text)) {
		const header = /^\[(.*)\]$/.exec(line);
		if (header !== null) section = header[1] ?? "";
		else {
			const [, name, value = ""] = /^(\w+)=(.*)$/.exec(line) ?? [];
			if (name === undefined) throw new Error(`'${line}' is no line of a unit.`);
			const key = `${section}.${name}`;
			directives.set(key, [...(directives.get(key) ?? []), value]);
		}
	}
	return directives;
}

/** The words of a command line in a unit. Quotes are systemd's to read, so there must be none. */
export function commandWords(value: string): readonly string[] {
	if (/["'\\$]/.test(value)) throw new Error(`'${value}' has quotes or variables, which are not read here.`);
	return value.split(/\s+/);
}

function logicalLines(text: string): readonly string[] {
	return text
		.replaceAll(/^\s*[#;].*\n/gm, "")
		.replaceAll(/\\\n/g, " ")
		.split("\n")
		.map((line) => line.trim())
		.filter((line) => line !== "");
}
