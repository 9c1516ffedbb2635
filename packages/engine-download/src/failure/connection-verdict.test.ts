import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { connectionCode, connectionVerdict, proxyRefusalStatus } from "./connection-verdict.ts";

const coded = (code: string, options: ErrorOptions = {}): Error =>
	Object.assign(new Error(`it failed with ${code}`, options), { code });

describe("B22 the verdict on a failed request", () => {
	test.each([
		"ECONNRESET",
		"ECONNREFUSED",
		"ECONNABORTED",
		"ENOTFOUND",
		"EAI_AGAIN",
		"ETIMEDOUT",
		"EPIPE",
		"EHOSTUNREACH",
		"ENETUNREACH",
		"ERR_STREAM_PREMATURE_CLOSE",
		"ERR_TLS_HANDSHAKE_TIMEOUT",
		"ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC",
		"ERR_SSL_UNEXPECTED_EOF_WHILE_READING",
		"UND_ERR_CONNECT_TIMEOUT",
		"UND_ERR_HEADERS_TIMEOUT",
		"UND_ERR_BODY_TIMEOUT",
		"UND_ERR_SOCKET",
		"UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
		"UND_ERR_ABORTED",
		"HPE_INVALID_CONSTANT",
	])("is to try again after %s", (code) => {
		expect(connectionVerdict(coded(code))).toBe("retry");
		expect(connectionCode(coded(code))).toBe(code);
	});

	test.each([
		"DEPTH_ZERO_SELF_SIGNED_CERT",
		"SELF_SIGNED_CERT_IN_CHAIN",
		"UNABLE_TO_VERIFY_LEAF_SIGNATURE",
		"UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
		"CERT_HAS_EXPIRED",
		"CERT_NOT_YET_VALID",
		"CERT_REVOKED",
		"HOSTNAME_MISMATCH",
		"ERR_TLS_CERT_ALTNAME_INVALID",
		"ERR_SSL_WRONG_VERSION_NUMBER",
		"ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION",
		"EPROTO",
		"UND_ERR_PRX_TLS",
	])("is an error of TLS for %s", (code) => {
		expect(connectionVerdict(coded(code))).toBe("tls");
		expect(connectionCode(coded(code))).toBe(code);
	});

	test.each([
		["a full disk", coded("ENOSPC")],
		["a file that is not there", coded("ENOENT")],
		["a mistake in a program", new TypeError("x is not a function")],
		["an argument that undici refuses", coded("UND_ERR_INVALID_ARG")],
		["a code that is no text", Object.assign(new Error("x"), { code: 104 })],
		["a text", "ECONNRESET"],
		["null", null],
		["undefined", undefined],
	])("is no error of the network for %s", (_, error) => {
		expect(connectionVerdict(error)).toBe("other");
		expect(connectionCode(error)).toBeUndefined();
	});

	test("is found among the causes of an error", () => {
		const error = new TypeError("fetch failed", { cause: new Error("x", { cause: coded("ECONNRESET") }) });
		expect(connectionVerdict(error)).toBe("retry");
	});

	test("is found among the errors of several addresses", () => {
		expect(connectionVerdict(new AggregateError([coded("X"), coded("ENETUNREACH")]))).toBe("retry");
	});

	test("is an error of TLS if a cause is one", () => {
		const error = coded("UND_ERR_SOCKET", { cause: coded("CERT_HAS_EXPIRED") });
		expect(connectionVerdict(error)).toBe("tls");
		expect(connectionCode(error)).toBe("CERT_HAS_EXPIRED");
	});

	test("is reached even if an error is its own cause", () => {
		const error = coded("X");
		error.cause = error;
		expect(connectionVerdict(error)).toBe("other");
	});
});

describe("B23 a proxy that refuses a tunnel", () => {
	test.each([
		[407, "other"],
		[403, "other"],
		[503, "retry"],
	])("with %i is recognised by undici's message: %s", async (status, verdict) => {
		const proxy = http.createServer().on("connect", (_, socket) => {
			socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
		});
		await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
		const { ProxyAgent } = await import("undici");
		const { port } = proxy.address() as AddressInfo;
		const agent = new ProxyAgent({ uri: `http://127.0.0.1:${port}`, proxyTunnel: true });
		try {
			const request = { origin: "https://releases.example.com", path: "/", method: "GET" } as const;
			const error = await agent.request(request).catch((reason: unknown) => reason);
			expect(proxyRefusalStatus(error)).toBe(status);
			expect(connectionVerdict(error)).toBe(verdict);
		} finally {
			await agent.destroy();
			proxy.close();
		}
	});

	test("is not mistaken for another error", () => {
		expect(proxyRefusalStatus(coded("UND_ERR_ABORTED"))).toBeUndefined();
		expect(proxyRefusalStatus("Proxy response (407) !== 200 when HTTP Tunneling")).toBeUndefined();
	});
});

describe("B22 an error that undici itself reports", () => {
	test.each<[string, (socket: net.Socket) => void]>([
		["closes at once", (socket) => socket.destroy()],
		["speaks something else", (socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n")],
		["cuts the body", (socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc")],
		[
			"cuts a chunked body",
			(socket) => socket.end("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab"),
		],
		[
			"resets in the body",
			(socket) => {
				socket.write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc", () => socket.resetAndDestroy());
			},
		],
	])("leads to another attempt where a server %s", async (_, answer) => {
		const server = net.createServer((socket) => {
			socket.on("error", () => {}).once("data", () => answer(socket));
		});
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		const { Agent } = await import("undici");
		const agent = new Agent();
		try {
			const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
			const error = await agent
				.request({ origin, path: "/", method: "GET" })
				.then(({ body }) => body.arrayBuffer())
				.catch((reason: unknown) => reason);
			expect(error).toBeInstanceOf(Error);
			expect(connectionVerdict(error)).toBe("retry");
		} finally {
			await agent.destroy();
			server.close();
		}
	});
});
