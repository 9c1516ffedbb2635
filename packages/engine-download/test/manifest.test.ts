import { expectEngineError, type Fault } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import { ARTIFACT, askedOf, CONTENT, downloads, serveEngine, sha256Of } from "./release-downloads.ts";

const SHA256 = sha256Of(CONTENT);
const OTHER = "0".repeat(64);

describe("B19 a manifest", () => {
	test.each([
		["as sha256sum writes it", `${OTHER}  other\n${SHA256}  ${ARTIFACT}\n`],
		["with CRLF", `${OTHER}  other\r\n${SHA256} *${ARTIFACT}\r\n`],
		["with a byte order mark", `\uFEFF${SHA256}  ${ARTIFACT}\n`],
		["in the BSD form", `SHA256 (${ARTIFACT}) = ${SHA256.toUpperCase()}\n`],
		["that repeats a digest", `${SHA256}  ${ARTIFACT}\n${SHA256}  ./${ARTIFACT}\n`],
		["of almost 256 KiB", `${"#\n".repeat(131_000 - 100)}${SHA256}  ${ARTIFACT}\n`],
	])("%s is read", async (_, manifest) => {
		await using here = await downloads();
		await using server = await serveEngine({ manifest });
		await here.download({ releasesEndpoint: server.url });
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(askedOf(server)).toEqual(["SHA256SUMS", ARTIFACT]);
	});

	test.each<[string, string, string, RegExp, RegExp, Fault?]>([
		[
			"with two digests of the file",
			`${OTHER}  ${ARTIFACT}\n${SHA256}  ${ARTIFACT}\n`,
			"manifest_invalid",
			/two digests/,
			/another release server/,
		],
		[
			"that names other files only",
			`${SHA256}  rivet-other\n`,
			"manifest_invalid",
			/'rivet-other'/,
			/platform/,
		],
		["that is empty", "", "manifest_invalid", /names no files/, /URL/],
		["that is a web page", "", "manifest_invalid", /HTML page/, /captive portal/, { kind: "html" }],
		["of 300 KiB", "#".repeat(300 * 1024), "too_large", /262144/, /URL/],
		[
			"of 300 KiB without a length",
			"#".repeat(300 * 1024),
			"too_large",
			/262144/,
			/URL/,
			{ kind: "no-length" },
		],
		[
			"with an encoding",
			`${SHA256}  ${ARTIFACT}\n`,
			"download_failed",
			/gzip/,
			/another server/,
			{ kind: "gzip" },
		],
	])("%s is refused, and the file is not asked for", async (_, manifest, code, reason, hint, fault) => {
		await using here = await downloads();
		const faults = fault === undefined ? [] : [{ path: "SHA256SUMS", fault }];
		await using server = await serveEngine({ manifest, faults });
		const { message, metadata } = await expectEngineError(
			here.download({ releasesEndpoint: server.url }),
			code,
		);
		expect(message).toMatch(reason);
		expect(message).toContain(server.url);
		expect(metadata["hint"]).toMatch(hint);
		expect(askedOf(server)).toEqual(["SHA256SUMS"]);
		expect(await here.files()).toEqual([]);
	});

	test.each<[string, string | undefined, Fault | undefined]>([
		["with two digests", `${OTHER}  ${ARTIFACT}\n${SHA256}  ${ARTIFACT}\n`, undefined],
		["that does not name the file", `${SHA256}  rivet-other\n`, undefined],
		["that is a web page", undefined, { kind: "html" }],
		["of 300 KiB", "#".repeat(300 * 1024), undefined],
		["that is missing", undefined, { kind: "status", status: 404 }],
		["that is forbidden", undefined, { kind: "status", status: 403 }],
	])("%s leads to the next server", async (_, manifest, fault) => {
		await using here = await downloads();
		const faults = fault === undefined ? [] : [{ path: "SHA256SUMS", fault }];
		await using bad = await serveEngine({ faults, ...(manifest === undefined ? {} : { manifest }) });
		await using good = await serveEngine();
		await here.download({ releasesEndpoint: [bad.url, good.url] });
		expect(CONTENT.equals(await here.installed())).toBe(true);
		expect(askedOf(bad)).toEqual(["SHA256SUMS", ARTIFACT]);
		expect(askedOf(good)).toEqual(["SHA256SUMS"]);
	});

	test("that no server has means that there is no such version, and the error says where else to look", async () => {
		await using here = await downloads("2.3.10");
		await using first = await serveEngine();
		await using second = await serveEngine();
		const { message, metadata } = await expectEngineError(
			here.download({ releasesEndpoint: [first.url, second.url] }),
			"version_not_found",
		);
		expect(message).toBe(
			`There is no release '2.3.10' at '${second.url}/rivet/2.3.10/engine/SHA256SUMS': unexpected status 404 Not Found`,
		);
		expect(metadata["hint"]).toMatch(/before 2\.3\.11/);
		expect(metadata["hint"]).toContain("npm install -D @rivetkit/engine-cli@2.3.10");
	});

	test.each([{ version: "4fe2a1b" }, { version: "2.3.19", component: "cli" }])(
		"that no server has leads to an error without npm, where npm does not have the file either: %j",
		async (wanted) => {
			await using here = await downloads();
			await using server = await serveEngine({ version: "2.3.11" });
			const { metadata } = await expectEngineError(
				here.download({ releasesEndpoint: server.url, ...wanted }),
				"version_not_found",
			);
			expect(metadata.hint).not.toContain("npm install");
		},
	);

	test("that one server lacks and another refuses does not prove that there is no such version", async () => {
		await using here = await downloads();
		await using first = await serveEngine({
			faults: [{ path: /./, fault: { kind: "status", status: 404 } }],
		});
		await using second = await serveEngine({
			faults: [{ path: /./, fault: { kind: "status", status: 403 } }],
		});
		await expectEngineError(here.download({ releasesEndpoint: [first.url, second.url] }), "download_failed");
	});

	test("is not asked for if the caller gives the digest, in lower or upper case", async () => {
		await using here = await downloads();
		await using server = await serveEngine({ manifest: "nonsense" });
		const result = await here.download({ releasesEndpoint: server.url, sha256: SHA256.toUpperCase() });
		expect(result.sha256).toBe(SHA256);
		expect(askedOf(server)).toEqual([ARTIFACT]);
	});

	test("does not outweigh the digest that the caller gives", async () => {
		await using here = await downloads();
		await using server = await serveEngine();
		const { metadata } = await expectEngineError(
			here.download({ releasesEndpoint: server.url, sha256: OTHER }),
			"checksum_mismatch",
		);
		expect(metadata.hint).toContain("`sha256`");
		expect(metadata).toMatchObject({ attempts: 2, places: [{ url: expect.stringContaining(server.url) }] });
		expect(await here.files()).toEqual([]);
	});
});
