import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { createFakeEngine, expectEngineError, runScript, temporaryFolder } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { resolveEnginePath } from "../src/index.ts";
import { addPackage, configured, installResolver, npmTree, platformPackage, pnpmTree } from "./trees.ts";

const anyVersion = { version: "2.3.19", versionIsExplicit: false };

describe("B11 the npm package", () => {
	test("is found where npm installs it, also from a folder below the project", async () => {
		await using folder = await temporaryFolder();
		await using engine = await npmTree(folder.path, "7.0.1");
		for (const cwd of [folder.path, path.join(folder.path, "packages/app/src")]) {
			const found = await resolveEnginePath(configured(cwd, anyVersion));
			expect(found).toMatchObject({ path: engine.path, source: "npm", version: "7.0.1" });
		}
	});

	test.each(["@rivetkit/engine-cli", "rivetkit"] as const)(
		"is found as pnpm installs it with %s",
		async (name) => {
			await using folder = await temporaryFolder();
			await using engine = await pnpmTree(folder.path, "7.0.2", name);
			const found = await resolveEnginePath(configured(folder.path, anyVersion));
			expect(found).toMatchObject({ path: engine.path, source: "npm", version: "7.0.2" });
		},
	);

	test("counts before the package that `rivetkit` depends on", async () => {
		await using folder = await temporaryFolder();
		await using engine = await npmTree(folder.path, "7.0.3");
		const rivetkit = path.join(folder.path, "node_modules/rivetkit");
		await addPackage(rivetkit, "rivetkit");
		await using _ = await npmTree(rivetkit, "7.0.4");
		expect((await resolveEnginePath(configured(folder.path, anyVersion))).path).toBe(engine.path);
	});

	test("may have the binary beside its manifest", async () => {
		await using folder = await temporaryFolder();
		const cli = path.join(folder.path, "node_modules/@rivetkit/engine-cli");
		await addPackage(cli, "@rivetkit/engine-cli");
		await using engine = await createFakeEngine({ version: "7.0.5" }, { folder: cli });
		const found = await resolveEnginePath(configured(folder.path, anyVersion));
		expect(found).toMatchObject({ path: engine.path, version: "7.0.5" });
	});

	test("has a binary that is asked for its version, which may differ from the manifest", async () => {
		await using folder = await temporaryFolder();
		await using engine = await npmTree(folder.path, "2.3.17");
		const found = await resolveEnginePath(
			configured(folder.path, { version: "2.3.17", versionIsExplicit: true }),
		);
		expect(found).toMatchObject({ path: engine.path, version: "2.3.17" });
	});

	test("declines if another version was asked for, naming both", async () => {
		await using folder = await temporaryFolder();
		await using engine = await npmTree(folder.path, "2.3.17");
		const configuration = configured(folder.path, { version: "2.3.19", versionIsExplicit: true });
		const error = await expectEngineError(resolveEnginePath(configuration), "binary_unavailable");
		expect(error.metadata.declined).toContainEqual({
			source: "npm",
			reason: `'${engine.path}' is 2.3.17; 2.3.19 was asked for`,
		});
	});

	test("declines if its optional dependency for this platform is missing, naming it", async () => {
		await using folder = await temporaryFolder();
		await addPackage(
			path.join(folder.path, "node_modules/@rivetkit/engine-cli"),
			"@rivetkit/engine-cli",
			"2.3.18",
		);
		const error = await expectEngineError(resolveEnginePath(configured(folder.path)), "binary_unavailable");
		expect(error.metadata.declined).toContainEqual({
			source: "npm",
			reason: `\`@rivetkit/engine-cli\` 2.3.18 is installed, but its optional dependency \`@rivetkit/${platformPackage}\` is not`,
		});
	});

	test("with a file that cannot be executed is an error that names the package", async () => {
		await using folder = await temporaryFolder();
		await using engine = await npmTree(folder.path, "2.3.19");
		await rm(engine.path);
		await writeFile(engine.path, "#!/bin/sh\n", { mode: 0o644 });
		const resolving = resolveEnginePath(configured(folder.path, anyVersion));
		const error = await expectEngineError(resolving, "binary_not_executable");
		expect(error.metadata.hint).toContain("`@rivetkit/engine-cli`");
	});

	test("is looked for beside this package last; if it is not found, the reason says so", async () => {
		await using folder = await temporaryFolder();
		await using elsewhere = await temporaryFolder();
		const resolver = await installResolver(folder.path);
		const source = `import { resolveEnginePath } from ${JSON.stringify(resolver.href)};
			const result = await resolveEnginePath(${JSON.stringify(configured(elsewhere.path, anyVersion))}).catch((error) => error.metadata);
			console.log(JSON.stringify(result));`;
		await using without = runScript(source);
		const metadata = JSON.parse(await without.nextLine());
		expect(metadata.declined).toContainEqual({
			source: "npm",
			reason: `\`@rivetkit/engine-cli\` is not installed in '${elsewhere.path}' or above it`,
		});
		await using engine = await npmTree(folder.path, "7.0.6");
		await using beside = runScript(source);
		expect(JSON.parse(await beside.nextLine())).toMatchObject({ path: engine.path, version: "7.0.6" });
	});
});
