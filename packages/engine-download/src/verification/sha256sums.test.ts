import { describe, expect, test } from "vitest";
import { thrownBy } from "../../test/thrown-by.ts";
import { checksumForArtifact, parseSha256Sums } from "./sha256sums.ts";

const A = "a".repeat(64);
const B = "0123456789abcdef".repeat(4);
const NAME = "rivet-engine-x86_64-unknown-linux-musl";

describe("B19 a line of a manifest", () => {
	test.each<[string, string, string]>([
		["as sha256sum writes it for a text", `${B}  ${NAME}`, NAME],
		["as sha256sum writes it for a binary", `${B} *${NAME}`, NAME],
		["with one blank", `${B} ${NAME}`, NAME],
		["with a tab", `${B}\t${NAME}`, NAME],
		["in upper case", `${B.toUpperCase()}  ${NAME}`, NAME],
		["with CRLF", `${B}  ${NAME}\r`, NAME],
		["with blanks at its end", `${B}  ${NAME} \t`, NAME],
		["in BSD's form with blanks at its end", `SHA256 (${NAME}) = ${B} `, NAME],
		["with a BOM", `\uFEFF${B}  ${NAME}`, NAME],
		["of a file in this folder", `${B}  ./${NAME}`, NAME],
		["of a binary in this folder", `${B} *./${NAME}`, NAME],
		["in BSD's form", `SHA256 (${NAME}) = ${B}`, NAME],
		["in BSD's form, with CRLF, upper case and ./", `SHA256 (./${NAME}) = ${B.toUpperCase()}\r`, NAME],
		["in OpenSSL's form", `SHA256(${NAME})= ${B}`, NAME],
		["of a name with blanks and parentheses", `${B}  a (b) c`, "a (b) c"],
		["in BSD's form of such a name", `SHA256 (a (b) c) = ${B}`, "a (b) c"],
		["of a file in another folder, with that in its name", `${B}  ../${NAME}`, `../${NAME}`],
	])("%s is read", (_, line, name) => {
		expect(parseSha256Sums(`${line}\n`)).toEqual([{ sha256: B, name }]);
	});

	test.each([
		["without a name", `${B}  `],
		["of nothing but a digest", B],
		["of 63 digits", `${B.slice(1)}  ${NAME}`],
		["of 65 digits", `0${B}  ${NAME}`],
		["of 64 characters that are not all digits", `${"g".repeat(64)}  ${NAME}`],
		["of a comment", `# ${B}  ${NAME}`],
		["without a blank", `${B}${NAME}`],
		["with three blanks", `${B}   ${NAME}`],
		["of an escaped name", `\\${B}  a\\nb`],
		["of a name with control characters", `${B}  a\u001b[2Jb`],
		["of a name that is too long for any disk", `${B}  ${"n".repeat(256)}`],
		["of another digest", `SHA512 (${NAME}) = ${B}`],
		["of BSD's form with more behind it", `SHA256 (${NAME}) = ${B}00`],
	])("%s is ignored", (_, line) => {
		expect(parseSha256Sums(`${line}\n${A}  other\n`)).toEqual([{ sha256: A, name: "other" }]);
	});

	test("is read in any order and with any line ending", () => {
		expect(parseSha256Sums(`\n${A}  a\r\n\r\n${B}  b\rSHA256 (c) = ${A}`)).toEqual([
			{ sha256: A, name: "a" },
			{ sha256: B, name: "b" },
			{ sha256: A, name: "c" },
		]);
	});
});

describe("B19 the checksum of an artifact", () => {
	test("comes from the line with exactly its name, in lower case", () => {
		const manifest = `${A}  ${NAME}.exe\n${A}  x${NAME}\n${B.toUpperCase()}  ${NAME}\n`;
		expect(checksumForArtifact(manifest, NAME)).toBe(B);
	});

	test("may come twice, in two forms, if both are equal", () => {
		expect(checksumForArtifact(`${B}  ${NAME}\nSHA256 (./${NAME}) = ${B.toUpperCase()}\n`, NAME)).toBe(B);
	});

	test("is invalid with two digests for the name, and names both", () => {
		const error = thrownBy(() => checksumForArtifact(`${A}  ${NAME}\n${B}  ${NAME}\n`, NAME));
		expect(error).toMatchObject({ code: "manifest_invalid", metadata: { digests: [A, B] } });
		expect(error.message).toContain(`'${NAME}': ${A} and ${B}`);
	});

	test("is not affected by two digests for another name", () => {
		expect(checksumForArtifact(`${A}  x\n${B}  x\n${B}  ${NAME}\n`, NAME)).toBe(B);
	});

	test("that is missing leads to an error that lists each name of the manifest once", () => {
		const error = thrownBy(() => checksumForArtifact(`${A}  one\n${A}  one\n${B}  two\n`, NAME));
		expect(error).toMatchObject({
			code: "manifest_invalid",
			message: `The manifest does not name '${NAME}'. It names 'one', 'two'.`,
			metadata: { artifact: NAME, names: ["one", "two"], hint: expect.any(String) },
		});
	});

	test("that is missing leads to an error with at most twenty names and the number of the others", () => {
		const lines = Array.from({ length: 25 }, (_, index) => `${A}  file-${index}\n`);
		const { message, metadata } = thrownBy(() => checksumForArtifact(lines.join(""), NAME));
		expect(message).toMatch(/'file-19' and 5 more\.$/);
		expect(metadata["names"]).toHaveLength(20);
	});

	test.each(["", "\n", "Not Found", "{}"])("is not found in %j, which names no files", (text) => {
		const error = thrownBy(() => checksumForArtifact(text, NAME));
		expect(error).toMatchObject({ code: "manifest_invalid", metadata: { names: [] } });
		expect(error.message).toContain("names no files");
	});

	test.each([
		"<!DOCTYPE html><title>Sign in</title>",
		"\uFEFF\r\n <html lang=en>",
		"<!-- portal -->\n<!doctype HTML>",
		'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">',
		"<head><meta http-equiv=refresh>",
	])("is not found in %j, which the error calls an HTML page", (page) => {
		const error = thrownBy(() => checksumForArtifact(page, NAME));
		expect(error.code).toBe("manifest_invalid");
		expect(error.message).toContain("is an HTML page");
		expect(error.metadata.hint).toContain("captive portal");
	});
});
