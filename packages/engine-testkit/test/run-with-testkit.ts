import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type typescript from "typescript";
import { type RunningScript, runScript } from "../src/index.ts";

const core = new URL("../../engine-core/src/", import.meta.url);
const testkit = new URL("../src/", import.meta.url);

/** The file of {@link compiledSources}, once it is written. */
let compiled: string | undefined;

/**
 * Runs an ES module in a Node process of its own, in which `testkit` is this package. Node 20 cannot read its
 * TypeScript, so a loader gives it the compiled sources, also of the package below, which need not be built.
 */
export function runWithTestkit(
	source: string,
	env: Readonly<Record<string, string | undefined>> = {},
): RunningScript {
	const loader = `
		import { readFileSync } from "node:fs";
		const sources = JSON.parse(readFileSync(${JSON.stringify(compiledSources())}, "utf8"));
		export function resolve(specifier, context, next) {
			const [, folder] = /^@rivetkit\\/engine-core(\\/.*)?$/.exec(specifier) ?? [];
			if (!specifier.startsWith("@rivetkit/")) return next(specifier, context);
			return next(new URL("." + (folder ?? "") + "/index.ts", ${JSON.stringify(core.href)}).href, context);
		}
		export function load(url, context, next) {
			if (!(url in sources)) return next(url, context);
			return { format: "module", source: sources[url], shortCircuit: true };
		}
	`;
	return runScript(
		`
		import module from "node:module";
		const loader = ${JSON.stringify(`data:text/javascript,${encodeURIComponent(loader)}`)};
		// Node 26 warns of \`register\`, on standard error; Node 20 has nothing else.
		if (module.registerHooks === undefined) module.register(loader);
		else module.registerHooks(await import(loader));
		const testkit = await import(${JSON.stringify(new URL("index.ts", testkit).href)});
		${source}
	`,
		{ env },
	);
}

/**
 * Writes the JavaScript of both packages to a file, by the URLs of their sources. TypeScript takes a second to load,
 * so all scripts share the file.
 */
function compiledSources(): string {
	if (compiled !== undefined) return compiled;
	const ts: typeof typescript = createRequire(import.meta.url)("typescript");
	const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
	const sources = [core, testkit].flatMap(sourcesIn).map((file) => {
		const { outputText } = ts.transpileModule(readFileSync(file, "utf8"), { compilerOptions });
		return [pathToFileURL(file).href, outputText];
	});
	compiled = path.join(os.tmpdir(), `testkit-sources-${process.pid}.json`);
	writeFileSync(compiled, JSON.stringify(Object.fromEntries(sources)));
	return compiled;
}

function sourcesIn(folder: URL): readonly string[] {
	const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
	return names
		.filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
		.map((name) => path.join(fileURLToPath(folder), name));
}
