import { serveRequests, serveStatus } from "@rivetkit/engine-testkit";
import { describe, expect, it } from "vitest";
import { sandbox } from "../../engine-lifecycle/test/sandbox.ts";
import { diagnose, explainsFaults, type PlantedFault } from "./planted-faults.ts";

// Seen to fail: each fault without the lines of the check that find it, or with a lower level; the others with
// release servers that are asked always or never.

const FAULTS: readonly PlantedFault[] = [
	{
		title: "11 the variable of the proxy is no URL, and an engine has to be downloaded",
		expected: { area: "releases", level: "problem" },
		plant: async () => ({
			options: { version: "0.0.1", autoDownload: true },
			variables: { HTTPS_PROXY: "a s3cret in the wrong place" },
			message: ["`HTTPS_PROXY` is no URL"],
			cure: ["Set `HTTPS_PROXY` to a URL", "`NO_PROXY`"],
		}),
	},
];

explainsFaults(FAULTS);

describe("B38 the doctor on the network", () => {
	it("accepts plain http if a start would", async () => {
		await using box = await sandbox();
		const options = { version: "0.0.1", autoDownload: true, releasesEndpoint: "http://releases.test" };
		expect((await diagnose(box, options)).wouldStart).toEqual({ kind: "fail", areas: ["releases"] });
		const allowed = await diagnose(box, { ...options, unsafelyAllowHttp: true });
		expect(allowed.wouldStart).toMatchObject({ kind: "start" });
		expect(allowed.settings).toContainEqual({
			name: "unsafelyAllowHttp",
			value: "true",
			origin: { kind: "option", name: "unsafelyAllowHttp" },
		});
	});

	it("ends the message about a failed answer with one full stop", async () => {
		await using box = await sandbox();
		await using server = await serveRequests(
			(_request, response) => void response.writeHead(302, { location: "http://releases.test/" }).end(),
		);
		const options = { version: "0.0.1", autoDownload: true, releasesEndpoint: server.url, online: true };
		expect((await diagnose(box, options)).findings.at(-1)?.message).toMatch(/cannot be had: .*[^.]\.$/);
	});

	it("asks a release server only if told to, and says whether the server has the version", async () => {
		await using box = await sandbox();
		await using server = await serveStatus(404, "", "text/plain");
		const options = { version: "0.0.1", autoDownload: true, releasesEndpoint: server.url };
		expect((await diagnose(box, options)).wouldStart).toMatchObject({ kind: "start", binary: undefined });
		expect(server.requests).toEqual([]);
		const { findings, wouldStart } = await diagnose(box, { ...options, online: true });
		expect(wouldStart).toEqual({ kind: "fail", areas: ["releases"] });
		expect(findings.at(-1)).toMatchObject({
			level: "problem",
			message: expect.stringContaining("/rivet/0.0.1/engine/SHA256SUMS, asked without a proxy, is not there"),
			cure: expect.stringContaining("`releasesEndpoint`"),
		});
	});
});
