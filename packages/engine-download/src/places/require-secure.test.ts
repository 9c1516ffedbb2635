import { describe, expect, test } from "vitest";
import { thrownBy } from "../../test/thrown-by.ts";
import { releasePlace } from "./release-place.ts";
import { requireSecure } from "./require-secure.ts";

const FILE = { version: "2.3.19", component: "engine", name: "SHA256SUMS" };

describe("B23 plain http", () => {
	test.each([
		"http://localhost",
		"http://rivet.localhost:1",
		"http://127.9.8.7",
		"http://127.1",
		"http://[::1]:8080",
	])("is accepted on this machine: %s", (endpoint) => {
		expect(releasePlace(endpoint, FILE)).toMatchObject({ kind: "http" });
	});

	test.each([
		"http://releases.rivet.dev",
		"http://10.0.0.7",
		"http://0.0.0.0",
		"http://notlocalhost",
		"http://localhost.example.com",
		"http://127.0.0.1.example.com",
		"http://[::2]",
	])("is refused beyond this machine unless it is allowed: %s", (endpoint) => {
		const error = thrownBy(() => releasePlace(endpoint, FILE));
		expect(error).toMatchObject({
			code: "insecure_url",
			metadata: { hint: expect.stringContaining("unsafelyAllowHttp") },
		});
		expect(releasePlace(endpoint, FILE, { unsafelyAllowHttp: true })).toMatchObject({ kind: "http" });
	});

	test.each(["http://127.0.0.1/x", "http://example.com/x"])(
		"is refused after https, even where it is allowed: %s",
		(url) => {
			const options = { unsafelyAllowHttp: true, cameFromHttps: true };
			const error = thrownBy(() => requireSecure(new URL(url), options));
			expect(error).toMatchObject({ code: "insecure_url", metadata: { url } });
			expect(error.metadata.hint).toContain("redirects");
		},
	);

	test("may be allowed, but schemes other than http and https are always refused", () => {
		for (const url of ["file:///etc/passwd", "ftp://example.com/x"]) {
			const error = thrownBy(() => requireSecure(new URL(url), { unsafelyAllowHttp: true }));
			expect(error.code).toBe("insecure_url");
		}
		requireSecure(new URL("https://example.com"), { unsafelyAllowHttp: false, cameFromHttps: true });
	});
});
