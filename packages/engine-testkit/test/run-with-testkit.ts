import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { type RunningScript, runScript } from "../src/index.ts";

/**
 * Runs an ES module in a Node process of its own, in which `testkit` is this package. Node 20 cannot read its
 * TypeScript, so a loader takes the types out, also of the package below, which need not be built.
 */
export function runWithTestkit(
	source: string,
	env: Readonly<Record<string, string | undefined>> = {},
): RunningScript {
	const typescript = pathToFileURL(createRequire(import.meta.url).resolve("typescript")).href;
	const core = new URL("../../engine-core/src/", import.meta.url).href;
	const loader = `
		import { readFileSync } from "node:fs";
		import ts from ${JSON.stringify(typescript)};
		const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
		export function resolve(specifier, context, next) {
			const [, folder] = /^@rivetkit\\/engine-core(\\/.*)?$/.exec(specifier) ?? [];
			if (!specifier.startsWith("@rivetkit/")) return next(specifier, context);
			return next(new URL("." + (folder ?? "") + "/index.ts", ${JSON.stringify(core)}).href, context);
		}
		export function load(url, context, next) {
			if (!url.endsWith(".ts")) return next(url, context);
			const { outputText } = ts.transpileModule(readFileSync(new URL(url), "utf8"), { compilerOptions });
			return { format: "module", source: outputText, shortCircuit: true };
		}
	`;
	return runScript(
		`
		import module from "node:module";
		const loader = ${JSON.stringify(`data:text/javascript,${encodeURIComponent(loader)}`)};
		// Node 26 warns of \`register\`, on standard error; Node 20 has nothing else.
		if (module.registerHooks === undefined) module.register(loader);
		else module.registerHooks(await import(loader));
		const testkit = await import(${JSON.stringify(new URL("../src/index.ts", import.meta.url).href)});
		${source}
	`,
		{ env },
	);
}
