import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { isPublic, readWorkspace, root } from "./support/workspace.ts";

const folder = path.join(root, ".changeset");
const names = readWorkspace()
	.filter(isPublic)
	.map(({ manifest }) => manifest.name);

it.each(readdirSync(folder).filter((name) => name.endsWith(".md") && name !== "README.md"))(
	"the changeset %s names packages that are published, the kind of the change, and what a user sees of it",
	(name) => {
		const text = readFileSync(path.join(folder, name), "utf8");
		const [, head = "", body = ""] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text) ?? [];
		const bumps: unknown = parse(head);
		expect(Object.keys(bumps ?? {}).filter((one) => !names.includes(one))).toEqual([]);
		expect(Object.values(bumps ?? {})).toSatisfy(
			(kinds: readonly unknown[]) =>
				kinds.length > 0 && kinds.every((kind) => ["major", "minor", "patch"].includes(String(kind))),
		);
		expect(body.trim()).not.toBe("");
	},
);
