import path from "node:path";
import type { SourceFile } from "./source-files.ts";

/** An import of one file of a package by another. */
export interface FileImport {
	/** Such as `packages/engine-core/src/lock/attempt.ts:3`. */
	readonly where: string;
	/** Both relative to the root, as in {@link SourceFile}. */
	readonly from: string;
	readonly to: string;
}

/** Imports by name, either of files or of the rooms that these are in. */
export type ImportGraph = ReadonlyMap<string, ReadonlySet<string>>;

/** Lists the imports among files, types included. */
export function importsAmong(files: readonly SourceFile[]): readonly FileImport[] {
	const known = new Set(files.map((file) => file.path));
	return files.flatMap(({ path: from, imports }) =>
		imports
			.filter(({ specifier }) => specifier?.startsWith("."))
			.map(({ specifier = "", line }) => ({
				where: `${from}:${line}`,
				from,
				to: path.posix.join(path.posix.dirname(from), specifier),
			}))
			.filter(({ to }) => known.has(to)),
	);
}

/**
 * Names the room of a source file: its folder within `src`. Files of `src` itself are in no room, and each is named for
 * itself, since those below the rooms and those above them stand beside each other there.
 */
export function roomOf(file: string): string {
	const inSource = file.split("/").slice(3).join("/");
	const folder = path.posix.dirname(inSource);
	return folder === "." ? inSource : `${folder}/`;
}

/** Makes a graph of imports, in which files of the same name are one. */
export function importGraph(imports: readonly FileImport[], nameOf: (file: string) => string): ImportGraph {
	const graph = new Map<string, Set<string>>();
	for (const { from, to } of imports) {
		const [importing, imported] = [nameOf(from), nameOf(to)];
		const all = graph.get(importing) ?? new Set();
		if (imported !== importing) all.add(imported);
		graph.set(importing, all);
	}
	return graph;
}

/** Finds circles, one for each edge that leads back to where a walk came from, such as `a > b > a`. */
export function findCircles(graph: ImportGraph): readonly string[] {
	const circles: string[] = [];
	const done = new Set<string>();
	const visit = (name: string, way: readonly string[]): void => {
		const start = way.indexOf(name);
		if (start >= 0) circles.push([...way.slice(start), name].join(" > "));
		if (start >= 0 || done.has(name)) return;
		for (const imported of graph.get(name) ?? []) visit(imported, [...way, name]);
		done.add(name);
	};
	for (const name of graph.keys()) visit(name, []);
	return circles;
}
