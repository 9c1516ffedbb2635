import ts from "typescript";

/** A module that a file loads or takes types from. */
export interface Import {
	/** Undefined for a dynamic import whose module is computed. */
	readonly specifier: string | undefined;
	readonly line: number;
}

/** A literal text, or the part of a template between two values. */
export interface Text {
	readonly text: string;
	readonly line: number;
}

/** Facts of a source file that the rules of the architecture are about. Each list holds line numbers. */
export interface SourceFacts {
	readonly imports: readonly Import[];
	readonly environmentReads: readonly number[];
	readonly topLevelAwaits: readonly number[];
	readonly defaultExports: readonly number[];
	readonly starExports: readonly number[];
	readonly anyTypes: readonly number[];
	readonly texts: readonly Text[];
}

/** Parses a file and gathers the facts. */
export function inspectSource(name: string, text: string): SourceFacts {
	const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
	const nodes = descendants(source);
	const lineOf = (node: ts.Node): number => source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
	const linesOf = (matches: (node: ts.Node) => boolean): readonly number[] =>
		nodes.filter(matches).map(lineOf);
	return {
		imports: nodes.flatMap((node) => {
			const specifier = importedBy(node);
			if (specifier === undefined) return [];
			return [
				{ specifier: ts.isStringLiteralLike(specifier) ? specifier.text : undefined, line: lineOf(node) },
			];
		}),
		environmentReads: linesOf(readsEnvironment),
		topLevelAwaits: linesOf((node) => isAwait(node) && !isInFunction(node)),
		defaultExports: linesOf(exportsDefault),
		starExports: linesOf(
			(node) =>
				ts.isExportDeclaration(node) && (!node.exportClause || ts.isNamespaceExport(node.exportClause)),
		),
		anyTypes: linesOf((node) => node.kind === ts.SyntaxKind.AnyKeyword),
		texts: nodes.flatMap((node) => (isText(node) ? [{ text: node.text, line: lineOf(node) }] : [])),
	};
}

function isText(node: ts.Node): node is ts.StringLiteralLike | ts.TemplateLiteralLikeNode {
	return ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
}

function descendants(node: ts.Node): readonly ts.Node[] {
	const nodes: ts.Node[] = [];
	const visit = (child: ts.Node): void => {
		nodes.push(child);
		ts.forEachChild(child, visit);
	};
	visit(node);
	return nodes;
}

/** The module of `import … from`, `export … from`, `import()`, `require()` and `import("…").Type`. */
function importedBy(node: ts.Node): ts.Node | undefined {
	if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
	if (ts.isImportTypeNode(node))
		return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : node.argument;
	if (!ts.isCallExpression(node)) return undefined;
	const { expression } = node;
	const isImport = expression.kind === ts.SyntaxKind.ImportKeyword;
	const isRequire = ts.isIdentifier(expression) && expression.text === "require";
	return isImport || isRequire ? node.arguments[0] : undefined;
}

/** `process.env`, `process["env"]`, `const { env } = process` and `import { env } from "node:process"`. */
function readsEnvironment(node: ts.Node): boolean {
	if (ts.isPropertyAccessExpression(node)) return isProcess(node.expression) && node.name.text === "env";
	if (ts.isElementAccessExpression(node)) {
		const name = node.argumentExpression;
		return isProcess(node.expression) && ts.isStringLiteralLike(name) && name.text === "env";
	}
	if (ts.isBindingElement(node)) {
		const declaration = node.parent.parent;
		const initializer = ts.isVariableDeclaration(declaration) ? declaration.initializer : undefined;
		return initializer !== undefined && isProcess(initializer) && nameOf(node) === "env";
	}
	if (ts.isImportSpecifier(node)) {
		const { moduleSpecifier } = node.parent.parent.parent;
		const isFromProcess =
			ts.isStringLiteral(moduleSpecifier) && /^(node:)?process$/.test(moduleSpecifier.text);
		return isFromProcess && nameOf(node) === "env";
	}
	return false;
}

function nameOf(node: ts.BindingElement | ts.ImportSpecifier): string {
	return (node.propertyName ?? node.name).getText();
}

function isProcess(node: ts.Node): boolean {
	if (ts.isPropertyAccessExpression(node)) return node.getText() === "globalThis.process";
	return ts.isIdentifier(node) && node.text === "process";
}

function isAwait(node: ts.Node): boolean {
	if (ts.isForOfStatement(node)) return node.awaitModifier !== undefined;
	if (ts.isVariableDeclarationList(node))
		return (node.flags & ts.NodeFlags.AwaitUsing) === ts.NodeFlags.AwaitUsing;
	return ts.isAwaitExpression(node);
}

function isInFunction(node: ts.Node): boolean {
	return ts.findAncestor(node, ts.isFunctionLike) !== undefined;
}

function exportsDefault(node: ts.Node): boolean {
	if (ts.isExportAssignment(node)) return true;
	if (ts.isExportSpecifier(node)) return node.name.text === "default";
	return (
		ts.canHaveModifiers(node) &&
		(node.modifiers ?? []).some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)
	);
}
