/** Makes the part of a help text that shows how a command is used. */
export function example(...lines: readonly string[]): string {
	return `\n${lines.length === 1 ? "Example" : "Examples"}:\n${lines.map((line) => `  $ ${line}`).join("\n")}`;
}
