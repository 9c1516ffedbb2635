import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import {
	expectEngineError,
	freePortTriple,
	selfSigned,
	serveProxy,
	temporaryFolder,
} from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { lookAtRelease } from "../src/index.ts";
import { serveEngine, VERSION } from "./release-downloads.ts";

const version = VERSION;
const manifest = (url: string, of = VERSION): string => `${url}/rivet/${of}/engine/SHA256SUMS`;

describe("B38 a look at a release server", () => {
	test("gives the URL of the manifest and the proxy, without a request and without credentials", async () => {
		await using server = await serveEngine();
		const environment = { HTTP_PROXY: "http://ann:secret@127.0.0.1:1" };
		const releasesEndpoint = server.url.replace("://", "://ann:secret@");
		expect(await lookAtRelease({ version, releasesEndpoint, environment })).toEqual({
			kind: "server",
			url: manifest(server.url),
			proxy: "http://***@127.0.0.1:1/",
			answer: undefined,
		});
		expect(server.requests).toEqual([]);
	});

	test("asks through the proxy if the release is there", async () => {
		await using server = await serveEngine({ tls: selfSigned() });
		await using proxy = await serveProxy();
		const environment = { HTTPS_PROXY: proxy.url, NODE_EXTRA_CA_CERTS: selfSigned().certPath };
		const request = { releasesEndpoint: server.url, environment, asks: true };
		expect(await lookAtRelease({ ...request, version })).toMatchObject({ answer: { kind: "has-release" } });
		expect(await lookAtRelease({ ...request, version: "0.0.1" })).toMatchObject({
			url: manifest(server.url, "0.0.1"),
			answer: { kind: "lacks-release" },
		});
		expect(new Set(proxy.targets)).toEqual(new Set([`127.0.0.1:${server.port}`]));
	});

	test("gives the reason for a missing answer, and advice", async () => {
		const port = await freePortTriple();
		const nobody = { version, releasesEndpoint: `http://127.0.0.1:${port}`, environment: {}, asks: true };
		expect(await lookAtRelease(nobody)).toMatchObject({
			answer: { kind: "failed", reason: expect.stringContaining("ECONNREFUSED") },
		});
		await using server = await serveEngine({ tls: selfSigned() });
		const untrusted = { version, releasesEndpoint: server.url, environment: {}, asks: true };
		expect(await lookAtRelease(untrusted)).toMatchObject({
			answer: { kind: "failed", hint: expect.stringContaining("NODE_EXTRA_CA_CERTS") },
		});
		await using proxy = await serveProxy({ credentials: { user: "ann", password: "secret" } });
		const refused = { ...untrusted, environment: { HTTPS_PROXY: proxy.url } };
		expect(await lookAtRelease(refused)).toMatchObject({
			answer: { kind: "failed", hint: expect.stringContaining("HTTPS_PROXY") },
		});
	});

	test("ends with the signal's reason", async () => {
		await using server = await serveEngine();
		const signal = AbortSignal.abort(new Error("enough"));
		const request = { version, releasesEndpoint: server.url, environment: {}, asks: true, signal };
		await expect(lookAtRelease(request)).rejects.toThrow("enough");
	});

	test("tells whether a folder has the manifest", async () => {
		await using mirror = await temporaryFolder();
		const request = { version, releasesEndpoint: mirror.path, environment: {} };
		expect(await lookAtRelease(request)).toMatchObject({ kind: "folder", exists: false });
		const file = manifest(mirror.path);
		await mkdir(path.dirname(file), { recursive: true });
		await writeFile(file, "");
		expect(await lookAtRelease(request)).toEqual({ kind: "folder", path: file, exists: true });
	});

	test("refuses what a download refuses", async () => {
		const request = { version, environment: { HTTPS_PROXY: "a password?" } };
		const error = await expectEngineError(
			lookAtRelease({ ...request, releasesEndpoint: "https://releases.test" }),
			"invalid_option",
		);
		expect(error.metadata["variable"]).toBe("HTTPS_PROXY");
		await expectEngineError(
			lookAtRelease({ ...request, releasesEndpoint: "http://releases.test" }),
			"insecure_url",
		);
	});

	test("asks over plain http beyond this machine if that is allowed, as a download does", async () => {
		const request = { version, environment: {}, unsafelyAllowHttp: true, asks: true };
		await using proxy = await serveProxy();
		const look = await lookAtRelease({
			...request,
			releasesEndpoint: "http://releases.test",
			environment: { HTTP_PROXY: proxy.url },
		});
		expect(look).toMatchObject({ kind: "server", url: manifest("http://releases.test") });
		expect(proxy.targets).toHaveLength(1);
	});

	test("names the variable of a proxy that cannot be reached, and gives its error once", async () => {
		const proxy = `http://127.0.0.1:${await freePortTriple()}`;
		const look = await lookAtRelease({
			version,
			releasesEndpoint: "https://releases.test",
			environment: { HTTPS_PROXY: proxy },
			asks: true,
		});
		const answer = look.kind === "server" ? look.answer : undefined;
		if (answer?.kind !== "failed") throw new Error("It has answered.");
		expect(answer.reason.match(/ECONNREFUSED/g)).toHaveLength(1);
		expect(answer.hint).toContain("`HTTPS_PROXY`");
	});
});
