import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { inspectSource, type SourceFacts } from "./source-facts.ts";
import { root, type WorkspacePackage } from "./workspace.ts";

/** A source file, read and parsed. */
export interface SourceFile extends SourceFacts {
	/** Relative to the root, with forward slashes. */
	readonly path: string;
	readonly isTest: boolean;
	readonly lines: number;
}

/** Everything under the `src` and `test` of a package. */
export function readSourceFiles({ folder }: WorkspacePackage): readonly SourceFile[] {
	return ["src", "test"].flatMap((part) => sourcesIn(path.join(folder, part)));
}

function sourcesIn(folder: string): readonly SourceFile[] {
	if (!existsSync(folder)) return [];
	return readdirSync(folder, { recursive: true, encoding: "utf8" })
		.filter((file) => /\.[cm]?[jt]s$/.test(file))
		.sort()
		.map((file) => readSource(path.join(folder, file)));
}

function readSource(file: string): SourceFile {
	const text = readFileSync(file, "utf8");
	const relative = path.relative(root, file).replaceAll(path.sep, "/");
	const isTest = relative.split("/")[2] === "test" || /\.test\.[cm]?[jt]s$/.test(relative);
	return {
		path: relative,
		isTest,
		lines: text.trimEnd().split("\n").length,
		...inspectSource(relative, text),
	};
}
