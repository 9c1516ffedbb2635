import { describe, expect, test } from "vitest";
import { parseRecord, RELEASED } from "./record.ts";

const owner = { pid: 42, startTime: "1", bootId: "boot", machineId: "machine", pidNamespace: "pid:[1]" };
const record = { format: 1, owner, nonce: "nonce", purpose: "a start", createdAt: "2026-01-02T03:04:05Z" };

describe("B25 the file of a generation", () => {
	test.each([
		["as it is written", record],
		[
			"of a platform that does not say much",
			{ ...record, owner: { ...owner, startTime: null, bootId: null } },
		],
		["with no purpose", { ...record, purpose: "" }],
		["with more than this version knows", { ...record, later: true, owner: { ...owner, later: true } }],
	])("names its owner: %s", (_, value) => {
		expect(parseRecord(JSON.stringify(value))).toEqual({ kind: "held", record: value });
		expect(parseRecord(`${JSON.stringify(value, undefined, 2)}\r\n`)).toEqual({
			kind: "held",
			record: value,
		});
	});

	test.each([RELEASED, "released", "released\r\n"])("is read as released: %j", (text) => {
		expect(parseRecord(text)).toEqual({ kind: "released" });
	});

	test.each<[string, string]>([
		["nothing", ""],
		["blanks", " \n"],
		["zeros, as after a crash of the machine", "\0".repeat(100)],
		["words", "released by nobody"],
		["half of a record", JSON.stringify(record).slice(0, 60)],
		["two records", JSON.stringify(record).repeat(2)],
		["the word as JSON", '"released"'],
		["null", "null"],
		["a number", "1"],
		["a list", JSON.stringify([record])],
		["another format", JSON.stringify({ ...record, format: 2 })],
		["no format", JSON.stringify({ ...record, format: undefined })],
		["no nonce", JSON.stringify({ ...record, nonce: undefined })],
		["a purpose that is no text", JSON.stringify({ ...record, purpose: 1 })],
		["a time that is no text", JSON.stringify({ ...record, createdAt: 1 })],
		["no owner", JSON.stringify({ ...record, owner: null })],
		["an owner without a pid", JSON.stringify({ ...record, owner: { ...owner, pid: undefined } })],
		["pid 0, which is a group", JSON.stringify({ ...record, owner: { ...owner, pid: 0 } })],
		["a pid below 0, which is a group", JSON.stringify({ ...record, owner: { ...owner, pid: -42 } })],
		["half a pid", JSON.stringify({ ...record, owner: { ...owner, pid: 0.5 } })],
		["a pid as text", JSON.stringify({ ...record, owner: { ...owner, pid: "42" } })],
		["a start time that is a number", JSON.stringify({ ...record, owner: { ...owner, startTime: 1 } })],
		["no boot", JSON.stringify({ ...record, owner: { ...owner, bootId: undefined } })],
		["a machine that is a number", JSON.stringify({ ...record, owner: { ...owner, machineId: 1 } })],
		["no namespace", JSON.stringify({ ...record, owner: { ...owner, pidNamespace: undefined } })],
	])("is garbage: %s", (_, text) => {
		expect(parseRecord(text)).toEqual({ kind: "garbage" });
	});
});
