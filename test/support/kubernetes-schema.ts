import path from "node:path";
import ts from "typescript";
import { root } from "./workspace.ts";

/** A document of a manifest. */
export interface KubernetesDocument {
	readonly apiVersion?: string;
	readonly kind?: string;
}

/**
 * Lists the faults of these documents by the API of Kubernetes 1.30, as `kubernetes-types` has it from its OpenAPI
 * description: types, fields that must be there, and fields that do not exist, which a cluster's own validation ignores
 * unless it is asked to be strict.
 */
export function kubernetesProblems(documents: readonly KubernetesDocument[]): readonly string[] {
	const source = documents.map(asTypedConstant).join("\n");
	return [
		...typeProblems(source),
		...documents.flatMap((document) => fractions(document, String(document.kind))),
	];
}

function asTypedConstant(document: KubernetesDocument, index: number): string {
	const { apiVersion = "", kind = "" } = document;
	const module = apiVersion.includes("/") ? apiVersion.replace(".k8s.io", "") : `core/${apiVersion}`;
	const value = JSON.stringify(document, null, 1);
	return `export const document${index}: import("kubernetes-types/${module}").${kind} = ${value};`;
}

function typeProblems(source: string): readonly string[] {
	const options: ts.CompilerOptions = {
		strict: true,
		noEmit: true,
		skipLibCheck: true,
		types: [],
		module: ts.ModuleKind.ESNext,
		moduleResolution: ts.ModuleResolutionKind.Bundler,
		target: ts.ScriptTarget.ES2022,
	};
	// It stands in the checkout, whose node_modules have the types, and is never written.
	const file = path.join(root, "kubernetes-documents.ts");
	const host = ts.createCompilerHost(options);
	const { fileExists, getSourceFile } = host;
	host.fileExists = (name) => name === file || fileExists(name);
	host.getSourceFile = (name, ...others) =>
		name === file
			? ts.createSourceFile(name, source, ts.ScriptTarget.ES2022)
			: getSourceFile(name, ...others);
	return ts.getPreEmitDiagnostics(ts.createProgram([file], options, host)).map((diagnostic) => {
		const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, " ");
		return `${lineAt(source, diagnostic.start ?? 0)}: ${message}`;
	});
}

function lineAt(source: string, offset: number): string {
	const start = source.lastIndexOf("\n", offset) + 1;
	const end = source.indexOf("\n", offset);
	return source.slice(start, end === -1 ? undefined : end).trim();
}

/** TypeScript has one type of number; all numbers of the kinds used are whole and not negative. */
function fractions(value: unknown, place: string): readonly string[] {
	if (typeof value === "number")
		return Number.isInteger(value) && value >= 0 ? [] : [`${place}: ${value} is not a whole number`];
	if (typeof value !== "object" || value === null) return [];
	return Object.entries(value).flatMap(([key, child]) => fractions(child, `${place}.${key}`));
}
