import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import {
	expectEngineError,
	realEnginePath,
	realEngineVersion,
	serveRequests,
	type TestServer,
} from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import { startOrReuse } from "../../engine-lifecycle/src/start-or-reuse.ts";
import { plantRemains } from "../../engine-lifecycle/test/planted-record.ts";
import { sandbox } from "../../engine-lifecycle/test/sandbox.ts";
import { diagnose, isUnwell } from "./planted-faults.ts";

// Seen to fail with values in place of names, with the trial file or the folder of locks left behind, and with the
// faults of a spawn counted as problems while an engine runs.

describe("B38 the doctor if nothing is wrong", () => {
	it("names every setting and its origin, every place for a binary, and what a start would do", async () => {
		await using box = await sandbox();
		const { settings, findings, wouldStart } = await diagnose(
			box,
			{
				publicUrl: "https://rivet.test/?token=s3cret",
				env: { SECRET: "s3cret" },
				config: { guard: { https: { password: "s3cret" } } },
				adminToken: "s3cret-token",
			},
			{
				RIVETKIT_ENGINE_VERSION: realEngineVersion,
				RIVETKIT_ENGINE_RELEASES_ENDPOINT: "https://ann:s3cret@releases.test",
				HTTPS_PROXY: "http://ann:s3cret@proxy.test:8080",
			},
		);
		expect(settings).toEqual(
			expect.arrayContaining([
				{ name: "bindPort", value: String(box.port), origin: { kind: "option", name: "bindPort" } },
				{
					name: "version",
					value: realEngineVersion,
					origin: { kind: "variable", name: "RIVETKIT_ENGINE_VERSION" },
				},
				{
					name: "publicUrl",
					value: "https://rivet.test/?***",
					origin: { kind: "option", name: "publicUrl" },
				},
				{ name: "spawn", value: "auto", origin: { kind: "default" } },
				{ name: "env", value: "SECRET", origin: { kind: "option", name: "env" } },
				{ name: "config", value: "guard", origin: { kind: "option", name: "config" } },
				{ name: "adminToken", value: "set", origin: { kind: "option", name: "adminToken" } },
				{ name: "storage", value: "file-system", origin: { kind: "default" } },
			]),
		);
		expect(JSON.stringify({ settings, findings, wouldStart })).not.toContain("s3cret");
		expect(findings.filter(isUnwell)).toEqual([]);
		expect(new Set(findings.map(({ area }) => area))).toEqual(
			new Set([
				"settings",
				"binary",
				"endpoint",
				"ports",
				"locks",
				"records",
				"database",
				"storage",
				"releases",
			]),
		);
		const places = findings.filter(({ area }) => area === "binary").map(({ message }) => message);
		for (const place of [
			"option: ",
			"RIVET_ENGINE_BINARY_PATH: ",
			"RIVET_ENGINE_BINARY: ",
			"npm: ",
			"cache: ",
			"download: ",
		]) {
			expect(places.filter((message) => message.startsWith(place))).toHaveLength(1);
		}
		expect(
			findings.find(({ area, message }) => area === "releases" && message.includes("proxy"))?.message,
		).toBe(
			`https://releases.test/rivet/${realEngineVersion}/engine/SHA256SUMS would be asked through the proxy http://***@proxy.test:8080/.`,
		);
		expect(wouldStart).toEqual({ kind: "start", endpoint: box.endpoint, binary: realEnginePath() });
	});

	it("starts nothing and leaves nothing behind", async () => {
		await using box = await sandbox();
		expect((await diagnose(box)).wouldStart.kind).toBe("start");
		expect(await box.engines()).toEqual([]);
		expect(await readdir(box.folder), "not even a storage root, or the folder of locks").toEqual([]);
		await plantRemains(box);
		const before = await readdir(box.folder, { recursive: true });
		await diagnose(box);
		expect(await readdir(box.folder, { recursive: true })).toEqual(before);
	});

	it("foresees the reuse of an engine that runs, whose own ports and database are no fault", async () => {
		await using box = await sandbox();
		await startOrReuse({ ...box.options, environment: box.environment });
		const { findings, wouldStart } = await diagnose(box);
		expect(findings.filter(isUnwell)).toEqual([]);
		expect(wouldStart).toEqual({ kind: "reuse", endpoint: box.endpoint });
	});

	it("asks the endpoint for its health once", async () => {
		await using box = await sandbox();
		await using server: TestServer = await serveRequests(
			(_request, response) => void response.writeHead(500).end(),
			{ port: box.port },
		);
		await diagnose(box);
		expect(server.requests.map(({ url }) => url)).toEqual(["/health"]);
	});

	it("reports the differences of an engine that would be reused, and what only a spawn needs, as notices", async () => {
		await using box = await sandbox();
		await startOrReuse({ ...box.options, environment: box.environment });
		const other = path.join(box.folder, "other", ".rivetkit");
		await mkdir(path.dirname(other), { recursive: true });
		await writeFile(other, "");
		const { findings, wouldStart } = await diagnose(box, { storageRoot: other, version: "0.0.1" });
		const notices = findings.filter(({ level }) => level === "notice").map(({ area }) => area);
		expect(new Set(notices)).toEqual(new Set(["endpoint", "binary", "locks", "storage"]));
		expect(wouldStart).toEqual({ kind: "reuse", endpoint: box.endpoint });
	});

	it("throws for an option that cannot be used, and rejects with the signal's reason", async () => {
		await using box = await sandbox();
		await expectEngineError(diagnose(box, { bindPort: 0 }), "invalid_option");
		await expectEngineError(diagnose(box, Object({ online: "yes" })), "invalid_option");
		const misspelt = await expectEngineError(diagnose(box, Object({ onlin: true })), "invalid_option");
		expect(misspelt.metadata.hint).toContain("online");
		const signal = AbortSignal.abort(new Error("enough"));
		await expect(diagnose(box, { signal })).rejects.toThrow("enough");
	});
});
