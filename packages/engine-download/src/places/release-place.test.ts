import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { thrownBy } from "../../test/thrown-by.ts";
import { releasePlace } from "./release-place.ts";

const FILE = { version: "2.3.19", component: "engine", name: "SHA256SUMS" };
const TAIL = "rivet/2.3.19/engine/SHA256SUMS";

describe("B17 the place of a release's file", () => {
	test.each([
		["https://releases.rivet.dev", `https://releases.rivet.dev/${TAIL}`],
		["https://releases.rivet.dev/", `https://releases.rivet.dev/${TAIL}`],
		["https://releases.rivet.dev///", `https://releases.rivet.dev/${TAIL}`],
		["HTTPS://Example.COM:8443/a/b//", `https://example.com:8443/a/b/${TAIL}`],
		["https://example.com/a%20b/c%2Fd", `https://example.com/a%20b/c%2Fd/${TAIL}`],
		["https://user:p%40ss@example.com/x", `https://user:p%40ss@example.com/x/${TAIL}`],
		["http://127.0.0.1:8080", `http://127.0.0.1:8080/${TAIL}`],
	])("at the server %s is %s", (endpoint, url) => {
		expect(releasePlace(endpoint, FILE)).toEqual({ kind: "http", url });
	});

	test("contains the component, and the version encoded", () => {
		const file = { version: "1.0.0+build_7", component: "dev-server", name: "a b" };
		expect(releasePlace("https://example.com", file)).toEqual({
			kind: "http",
			url: "https://example.com/rivet/1.0.0%2Bbuild_7/dev-server/a%20b",
		});
	});

	test.each([
		["/srv/mirror", `/srv/mirror/${TAIL}`],
		["/srv/mirror//", `/srv/mirror/${TAIL}`],
		["/srv/a b#c?d", `/srv/a b#c?d/${TAIL}`],
		["./mirror", `mirror/${TAIL}`],
		["../mirror/", `../mirror/${TAIL}`],
		[".", TAIL],
		["file:///srv/mirror", `/srv/mirror/${TAIL}`],
		["file:///srv/mirror//", `/srv/mirror/${TAIL}`],
		["file:///srv/a%20b%23c", `/srv/a b#c/${TAIL}`],
		["file://localhost/srv", `/srv/${TAIL}`],
		["FILE:///srv", `/srv/${TAIL}`],
	])("in the folder %s is %s", (endpoint, path) => {
		expect(releasePlace(endpoint, FILE)).toEqual({ kind: "folder", path });
	});

	test.each([
		["", "is neither a URL nor a folder"],
		["mirror", "is neither a URL nor a folder"],
		["releases.rivet.dev/x", "is neither a URL nor a folder"],
		["~/mirror", "is neither a URL nor a folder"],
		["https://", "is neither a URL nor a folder"],
		["localhost:8080", "has the scheme 'localhost:'"],
		["ftp://example.com", "has the scheme 'ftp:'"],
		["s3://bucket/x", "has the scheme 's3:'"],
		["https://example.com?x=1", "has a query or a fragment"],
		["https://example.com/#x", "has a query or a fragment"],
		["https://example.com/?", "has a query or a fragment"],
		["file:///srv?x", "has a query or a fragment"],
		["file://server/share", "is not a file URL for this machine"],
		["file:///a%2Fb", "is not a file URL for this machine"],
	])("is refused for the server %j, which %s", (endpoint, reason) => {
		const error = thrownBy(() => releasePlace(endpoint, FILE));
		expect(error).toMatchObject({
			code: "invalid_option",
			metadata: { option: "releasesEndpoint", hint: expect.stringContaining("https://") },
		});
		expect(error.message).toContain(`'releasesEndpoint' ${reason}`);
	});

	test.each([
		["version", { ...FILE, version: "../../x" }],
		["version", { ...FILE, version: "" }],
		["component", { ...FILE, component: "../x" }],
	])("is refused for a %s that leads out of the release", (option, file) => {
		for (const endpoint of ["https://example.com", "/srv/mirror"]) {
			const error = thrownBy(() => releasePlace(endpoint, file));
			expect(error).toMatchObject({ code: "invalid_option", metadata: { option } });
		}
	});

	test.each([
		"https://user:s3cr3t@example.com?x",
		"https://example.com/?token=s3cr3t",
		"https://user:s3cr3t@exa mple.com",
		"user:s3cr3t@example.com",
		"https:/user:s3cr3t@example.com:99999",
		"https://user:s3cr3t/x@@example.com:x",
		"ftp://user:s3cr3t@example.com",
		"http://user:s3cr3t@example.com",
	])("is refused without showing the credentials in %j", (endpoint) => {
		const error = thrownBy(() => releasePlace(endpoint, FILE));
		expect(inspect(error, { depth: null, showHidden: true })).not.toContain("s3cr3t");
	});
});
