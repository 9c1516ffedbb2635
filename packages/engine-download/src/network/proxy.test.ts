import { inspect } from "node:util";
import type { Environment } from "@rivetkit/engine-core";
import { describe, expect, test } from "vitest";
import { thrownBy } from "../../test/thrown-by.ts";
import { proxyFor } from "./proxy.ts";

const HTTPS = "https://releases.rivet.dev/rivet/x";
const HTTP = "http://mirror.example.com/rivet/x";

describe("B23 the proxy for a URL", () => {
	test.each<[string, string, Environment, string | undefined]>([
		["nothing is set", HTTPS, {}, undefined],
		["HTTPS_PROXY", HTTPS, { HTTPS_PROXY: "http://p:1" }, "http://p:1/"],
		["https_proxy", HTTPS, { https_proxy: "http://p:1" }, "http://p:1/"],
		[
			"a variable in lower case goes first",
			HTTPS,
			{ https_proxy: "http://l:1", HTTPS_PROXY: "http://u:1" },
			"http://l:1/",
		],
		["an empty variable is not set", HTTPS, { https_proxy: "", HTTPS_PROXY: "http://u:1" }, "http://u:1/"],
		["a blank variable is not set", HTTPS, { https_proxy: " " }, undefined],
		["HTTP_PROXY is not for https", HTTPS, { HTTP_PROXY: "http://p:1", http_proxy: "http://p:1" }, undefined],
		[
			"HTTPS_PROXY is not for http",
			HTTP,
			{ HTTPS_PROXY: "http://p:1", https_proxy: "http://p:1" },
			undefined,
		],
		["http_proxy", HTTP, { http_proxy: "http://p:1" }, "http://p:1/"],
		["HTTP_PROXY", HTTP, { HTTP_PROXY: "http://p:1" }, "http://p:1/"],
		["HTTP_PROXY of a CGI request", HTTP, { HTTP_PROXY: "http://evil:1", REQUEST_METHOD: "GET" }, undefined],
		[
			"another variable of a CGI request",
			HTTP,
			{ HTTP_PROXY: "http://evil:1", ALL_PROXY: "http://p:1", REQUEST_METHOD: "GET" },
			"http://p:1/",
		],
		["http_proxy of a CGI request", HTTP, { http_proxy: "http://p:1", REQUEST_METHOD: "GET" }, "http://p:1/"],
		[
			"HTTPS_PROXY of a CGI request",
			HTTPS,
			{ HTTPS_PROXY: "http://p:1", REQUEST_METHOD: "GET" },
			"http://p:1/",
		],
		["ALL_PROXY for https", HTTPS, { ALL_PROXY: "http://p:1" }, "http://p:1/"],
		["all_proxy for http", HTTP, { all_proxy: "http://p:1" }, "http://p:1/"],
		["ALL_PROXY goes last", HTTPS, { all_proxy: "http://a:1", HTTPS_PROXY: "http://p:1" }, "http://p:1/"],
		["no scheme", HTTPS, { HTTPS_PROXY: "proxy.example.com:8080" }, "http://proxy.example.com:8080/"],
		["no scheme, but a user", HTTPS, { HTTPS_PROXY: "me:pw@p:8080" }, "http://me:pw@p:8080/"],
		["https to the proxy", HTTPS, { HTTPS_PROXY: "https://p" }, "https://p/"],
		["blanks around it", HTTPS, { HTTPS_PROXY: " http://p:1\n" }, "http://p:1/"],
		["a password with an @", HTTPS, { HTTPS_PROXY: "http://me:p@ss@p:1" }, "http://me:p%40ss@p:1/"],
		["this machine, as curl has it", "http://127.0.0.1:1/", { http_proxy: "http://p:1" }, "http://p:1/"],
		["NO_PROXY", HTTPS, { HTTPS_PROXY: "http://p:1", NO_PROXY: "rivet.dev" }, undefined],
		["no_proxy", HTTPS, { HTTPS_PROXY: "http://p:1", no_proxy: "rivet.dev" }, undefined],
		[
			"no_proxy goes before NO_PROXY",
			HTTPS,
			{ HTTPS_PROXY: "http://p:1", no_proxy: "x", NO_PROXY: "rivet.dev" },
			"http://p:1/",
		],
		[
			"an empty no_proxy is not set",
			HTTPS,
			{ HTTPS_PROXY: "http://p:1", no_proxy: "", NO_PROXY: "rivet.dev" },
			undefined,
		],
		["a bad proxy that is not used", HTTPS, { HTTPS_PROXY: "socks5://p:1", NO_PROXY: "*" }, undefined],
		["another scheme", "ftp://example.com/", { ALL_PROXY: "http://p:1" }, undefined],
	])("follows the rule: %s", (_, url, environment, proxy) => {
		expect(proxyFor(url, environment)).toBe(proxy);
	});

	test.each([
		["HTTPS_PROXY", "socks5://me:s3cr3t@p:1080", "SOCKS proxy"],
		["https_proxy", "socks://p:1080", "SOCKS proxy"],
		["ALL_PROXY", "SOCKS5H://me:s3cr3t@p", "SOCKS proxy"],
		["HTTPS_PROXY", "ftp://me:s3cr3t@p", "'ftp:'"],
		["HTTPS_PROXY", "http://me:s3cr3t@p:99999", "is no URL"],
		["HTTPS_PROXY", "http://me:s3cr3t@p:1/path", "more than a host and a port"],
		["HTTPS_PROXY", "http://me:#s3cr3t@p:1", "more than a host and a port"],
		["HTTPS_PROXY", "http://p#s3cr3t@p:1", "more than a host and a port"],
		["HTTPS_PROXY", "http://me:s3cr3t/x@p:1", "is no URL"],
		["HTTPS_PROXY", "me:s3cr3t@p q", "is no URL"],
	])(
		"that %s names as %s is refused: the error names the variable, and shows no credentials",
		(variable, value, reason) => {
			const error = thrownBy(() => proxyFor(HTTPS, { [variable]: value }));
			expect(error).toMatchObject({
				code: "invalid_option",
				metadata: { variable, hint: expect.any(String) },
			});
			expect(error.message).toContain(variable);
			expect(error.message).toContain(reason);
			expect(inspect(error, { depth: null, showHidden: true })).not.toContain("s3cr3t");
		},
	);
});
