import { execFile } from "node:child_process";
import path from "node:path";
import { root } from "./workspace.ts";

/** The part of a report of dclint that is read here. */
interface FileReport {
	readonly messages: readonly { readonly rule: string; readonly message: string; readonly line: number }[];
}

/** Rules about the order of keys and quotes, which are a matter of taste. */
const STYLE_RULES = [
	"service-keys-order",
	"services-alphabetical-order",
	"top-level-properties-order",
	// It does not see the quotes of values that come by a merged key.
	"require-quotes-in-ports",
	// An image that is built here has a name as well, by which it can be pushed.
	"no-build-and-image",
];

/**
 * Lists what dclint finds in a compose file, by its copy of the schema of the compose specification, and by its own rules
 * about ports, names and tags. Its types do not resolve in ES modules, so it runs as a program.
 */
export async function composeProblems(file: string): Promise<readonly string[]> {
	const program = path.join(root, "node_modules/dclint/bin/dclint.cjs");
	const disabled = STYLE_RULES.flatMap((rule) => ["--disable-rule", rule]);
	const output = await new Promise<string>((resolve, reject) => {
		const args = [program, file, "--formatter", "json", ...disabled];
		execFile(process.execPath, args, { cwd: path.dirname(file) }, (error, stdout, stderr) =>
			// It exits with 1 for problems, which it prints as well.
			stdout === "" ? reject(error ?? new Error(stderr)) : resolve(stdout),
		);
	});
	const reports: readonly FileReport[] = JSON.parse(output);
	if (reports.length !== 1) throw new Error(`dclint did not look at '${file}': ${output}`);
	return reports.flatMap(({ messages }) =>
		messages.map(({ rule, message, line }) => `line ${line}: ${rule}: ${message}`),
	);
}
