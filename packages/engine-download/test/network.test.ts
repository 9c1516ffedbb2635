import { inspect } from "node:util";
import {
	expectEngineError,
	expiredCertificate,
	otherNameCertificate,
	selfSigned,
	serveClosing,
	serveGarbage,
	serveProxy,
	serveSockets,
} from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import {
	ARTIFACT,
	askedOf,
	CONTENT,
	downloads,
	serveEngine,
	sha256Of,
	withCredentials,
} from "./release-downloads.ts";

const SHA256 = sha256Of(CONTENT);
const trusted = { NODE_EXTRA_CA_CERTS: selfSigned().certPath };
const credentials = { user: "ann", password: "p@ss%" };
const ENCODED = "ann:p%40ss%25";

describe("B23 a proxy", () => {
	test.each(["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])("in %s is used for https", async (variable) => {
		await using here = await downloads();
		await using server = await serveEngine({ tls: selfSigned() });
		await using proxy = await serveProxy();
		const environment = { ...trusted, [variable]: proxy.url };
		await here.download({ releasesEndpoint: server.url, environment });
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(proxy.requests.map(({ method }) => method)).toContain("CONNECT");
		expect(new Set(proxy.targets)).toEqual(new Set([`127.0.0.1:${server.port}`]));
	});

	test("is used for plain http without a tunnel", async () => {
		await using here = await downloads();
		await using server = await serveEngine();
		await using proxy = await serveProxy();
		const request = { releasesEndpoint: server.url, environment: { HTTP_PROXY: proxy.url } };
		await here.download({ ...request, unsafelyAllowHttp: true });
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(proxy.requests.map(({ method }) => method)).toEqual(["GET", "GET"]);
	});

	test("is not used for plain http that is allowed only because it stays on this machine", async () => {
		await using here = await downloads();
		await using server = await serveEngine();
		await using proxy = await serveProxy();
		const environment = { HTTP_PROXY: proxy.url, ALL_PROXY: proxy.url };
		await here.download({ releasesEndpoint: withCredentials(server), environment });
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(proxy.requests).toEqual([]);
	});

	test("opens a tunnel where plain http redirects to https", async () => {
		await using here = await downloads();
		await using good = await serveEngine({ tls: selfSigned() });
		await using server = await serveEngine({
			faults: [{ path: ARTIFACT, fault: { kind: "redirect", to: (url) => good.url + url } }],
		});
		await using proxy = await serveProxy();
		const environment = { ...trusted, HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url };
		const request = { releasesEndpoint: server.url, sha256: SHA256, environment };
		await here.download({ ...request, unsafelyAllowHttp: true });
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(proxy.requests.map(({ method }) => method)).toEqual(["GET", "CONNECT"]);
	});

	test("resumes through its tunnel", async () => {
		await using here = await downloads();
		await using server = await serveEngine({
			tls: selfSigned(),
			faults: [{ path: ARTIFACT, times: 2, fault: { kind: "cut", afterBytes: 500_000 } }],
		});
		await using proxy = await serveProxy();
		const environment = { ...trusted, HTTPS_PROXY: proxy.url };
		await here.download({ releasesEndpoint: server.url, sha256: SHA256, environment });
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(askedOf(server)).toEqual([ARTIFACT, `${ARTIFACT} bytes=500000-`, `${ARTIFACT} bytes=1000000-`]);
		expect(server.bytesSent).toBe(CONTENT.length);
	});

	test.each([true, false])("gets its credentials, with TLS %j, and the server does not", async (isTls) => {
		await using here = await downloads();
		await using server = await serveEngine(isTls ? { tls: selfSigned() } : {});
		await using proxy = await serveProxy({ credentials });
		const url = proxy.url.replace("://", `://${ENCODED}@`);
		const environment = { ...trusted, HTTPS_PROXY: url, HTTP_PROXY: url };
		await here.download({ releasesEndpoint: server.url, environment, unsafelyAllowHttp: true });
		expect(CONTENT.equals(await here.installed())).toBe(true);
		for (const { headers } of server.requests) expect(headers["proxy-authorization"]).toBeUndefined();
	});

	test("may have a user without a password", async () => {
		await using here = await downloads();
		await using server = await serveEngine({ tls: selfSigned() });
		await using proxy = await serveProxy({ credentials: { user: "token", password: "" } });
		const environment = { ...trusted, HTTPS_PROXY: proxy.url.replace("://", "://token@") };
		await here.download({ releasesEndpoint: server.url, sha256: SHA256, environment });
		expect(CONTENT.equals(await here.installed())).toBe(true);
	});

	test.each([
		["no credentials", "", true],
		["wrong ones", "ann:wr0ng@", true],
		["wrong ones, and a % that encodes nothing,", "ann:wr0ng%@", true],
		["no credentials, for plain http,", "", false],
		["wrong ones, for plain http,", "ann:wr0ng@", false],
	])("that gets %s leads to an error with 407 and what to check", async (_, given, isTls) => {
		await using here = await downloads();
		await using server = await serveEngine(isTls ? { tls: selfSigned() } : {});
		await using proxy = await serveProxy({ credentials });
		const url = proxy.url.replace("://", `://${given}`);
		const environment = { ...trusted, HTTPS_PROXY: url, HTTP_PROXY: url };
		const error = await expectEngineError(
			here.download({ releasesEndpoint: server.url, environment, unsafelyAllowHttp: true }),
			"download_failed",
		);
		expect(error.message).toMatch(/407/);
		expect(error.metadata["hint"]).toMatch(/`HTTPS_PROXY`.*`NO_PROXY`/);
		expect(inspect(error, { depth: 20 })).not.toMatch(/wr0ng|YW5uOndyMG5n/);
		expect(server.requests).toEqual([]);
		expect(here.waits).toEqual([]);
	});

	test.each(["127.0.0.1", "127.0.0.0/8", "*"])(
		"is not used for a server that NO_PROXY names: %s",
		async (list) => {
			await using here = await downloads();
			await using server = await serveEngine({ tls: selfSigned() });
			await using proxy = await serveProxy();
			const environment = { ...trusted, HTTPS_PROXY: proxy.url, NO_PROXY: list };
			await here.download({ releasesEndpoint: server.url, environment });
			expect(CONTENT.equals(await here.installed())).toBe(true);
			expect(proxy.requests).toEqual([]);
		},
	);

	test("that cannot be reached is tried again, and then named in the error", async () => {
		await using here = await downloads();
		await using gone = await serveProxy();
		await gone[Symbol.asyncDispose]();
		const { message, metadata } = await expectEngineError(
			here.download({
				releasesEndpoint: "https://releases.test",
				sha256: SHA256,
				environment: { HTTPS_PROXY: gone.url },
			}),
			"download_failed",
		);
		expect(message).toContain("ECONNREFUSED");
		expect(metadata.hint).toMatch(/`HTTPS_PROXY`.*`NO_PROXY`/);
		expect(here.waits).toHaveLength(5);
	});

	test.each(["https", "http"])("that does not answer for %s is asked twice", async (scheme) => {
		await using here = await downloads();
		await using proxy = await serveSockets(() => {});
		await expectEngineError(
			here.download(
				{
					releasesEndpoint: `${scheme}://127.0.0.1:9`,
					sha256: SHA256,
					environment: { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url },
					unsafelyAllowHttp: true,
				},
				{ firstByteMs: 100 },
			),
			"download_failed",
		);
		expect(here.waits).toHaveLength(1);
	});

	test.each(["https", "http"])("that hangs up for %s is asked six times", async (scheme) => {
		await using here = await downloads();
		await using proxy = await serveClosing();
		const { message } = await expectEngineError(
			here.download({
				releasesEndpoint: `${scheme}://127.0.0.1:9`,
				sha256: SHA256,
				environment: { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url },
				unsafelyAllowHttp: true,
			}),
			"download_failed",
		);
		expect(message).toMatch(/ECONNRESET|UND_ERR_SOCKET/);
		expect(here.waits).toHaveLength(5);
	});

	test("of an unsupported kind is refused before any request", async () => {
		await using here = await downloads();
		await using server = await serveEngine();
		const error = await expectEngineError(
			here.download({
				releasesEndpoint: server.url,
				environment: { HTTP_PROXY: "socks5://ann:wr0ng@127.0.0.1" },
				unsafelyAllowHttp: true,
			}),
			"invalid_option",
		);
		expect(error.message).toContain("HTTP_PROXY");
		expect(inspect(error)).not.toContain("wr0ng");
		expect(server.requests).toEqual([]);
	});
});

describe("B22 TLS", () => {
	test("fails for a certificate of an unknown authority, and names the variable that helps", async () => {
		await using here = await downloads();
		await using server = await serveEngine({ tls: selfSigned() });
		const { message, metadata } = await expectEngineError(
			here.download({ releasesEndpoint: server.url }),
			"download_failed",
		);
		expect(message).toContain("DEPTH_ZERO_SELF_SIGNED_CERT");
		expect(metadata["hint"]).toContain("NODE_EXTRA_CA_CERTS");
		expect(metadata["attempts"]).toBe(1);
		expect(server.requests).toEqual([]);
	});

	test("trusts the certificates that NODE_EXTRA_CA_CERTS of the given environment names", async () => {
		await using here = await downloads();
		await using server = await serveEngine({ tls: selfSigned() });
		await here.download({ releasesEndpoint: server.url, environment: trusted });
		expect(CONTENT.equals(await here.installed())).toBe(true);
	});

	test.each([
		["has expired", expiredCertificate(), "CERT_HAS_EXPIRED", /clock/],
		[
			"is for another host",
			otherNameCertificate(),
			"ERR_TLS_CERT_ALTNAME_INVALID",
			/belongs to another host/,
		],
	])("fails for a certificate that %s, and does not suggest to trust it", async (_, tls, code, hint) => {
		await using here = await downloads();
		await using server = await serveEngine({ tls });
		const environment = { NODE_EXTRA_CA_CERTS: tls.certPath };
		const { message, metadata } = await expectEngineError(
			here.download({ releasesEndpoint: server.url, environment }),
			"download_failed",
		);
		expect(message).toContain(code);
		expect(metadata["hint"]).toMatch(hint);
		expect(metadata["hint"]).not.toContain("NODE_EXTRA_CA_CERTS");
		expect(here.waits).toEqual([]);
	});

	test("that fails leads to the next server", async () => {
		await using here = await downloads();
		await using bad = await serveEngine({ tls: selfSigned() });
		await using good = await serveEngine();
		await here.download({ releasesEndpoint: [bad.url, good.url] });
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(here.waits).toEqual([]);
	});

	test("ignores a NODE_EXTRA_CA_CERTS whose file is missing, and refuses an unknown authority", async () => {
		await using here = await downloads();
		await using server = await serveEngine({ tls: selfSigned() });
		const environment = { NODE_EXTRA_CA_CERTS: `${here.storageRoot}/none.pem` };
		await expectEngineError(here.download({ releasesEndpoint: server.url, environment }), "download_failed");
	});

	test("fails at a port that speaks plain http, and the error says so", async () => {
		await using here = await downloads();
		await using server = await serveEngine();
		const { metadata } = await expectEngineError(
			here.download({ releasesEndpoint: server.url.replace("http:", "https:") }),
			"download_failed",
		);
		expect(metadata["hint"]).toMatch(/does not speak TLS/);
	});
});

describe("B20 B22 a connection", () => {
	test.each([
		["that the server closes at once", serveClosing, /UND_ERR_SOCKET|ECONNRESET/],
		["that brings something else than HTTP", serveGarbage, /HPE_|Parse Error|Expected HTTP/],
	])("%s is tried again, and fails at last", async (_, serve, reason) => {
		await using here = await downloads();
		await using server = await serve();
		const { message, metadata } = await expectEngineError(
			here.download({ releasesEndpoint: server.url, sha256: SHA256 }),
			"download_failed",
		);
		expect(message).toMatch(reason);
		expect(metadata["attempts"]).toBe(6);
	});

	test("that is refused leads to an error with its address", async () => {
		await using here = await downloads();
		await using gone = await serveEngine();
		await gone[Symbol.asyncDispose]();
		const { message } = await expectEngineError(
			here.download({ releasesEndpoint: gone.url }),
			"download_failed",
		);
		expect(message).toContain(`connect ECONNREFUSED 127.0.0.1:${gone.port}`);
	});

	test.each(["http://releases.test", "http://10.0.0.1:8080/mirror"])(
		"to %s without encryption is refused before any request",
		async (releasesEndpoint) => {
			await using here = await downloads();
			const { metadata } = await expectEngineError(here.download({ releasesEndpoint }), "insecure_url");
			expect(metadata["hint"]).toContain("unsafelyAllowHttp");
		},
	);

	test("without encryption is made if that is allowed", async () => {
		await using here = await downloads();
		await using server = await serveEngine();
		await using proxy = await serveProxy({ route: () => `127.0.0.1:${server.port}` });
		await here.download({
			releasesEndpoint: "http://releases.test",
			environment: { HTTP_PROXY: proxy.url },
			unsafelyAllowHttp: true,
		});
		expect(CONTENT.equals(await here.installed())).toBe(true);
	});
});
