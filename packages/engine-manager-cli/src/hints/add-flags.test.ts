import { flagsOf, OPTION_NAMES } from "@rivetkit/engine-config";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import type { CommandLineIo } from "../io.ts";
import { createProgram } from "../program.ts";
import { addFlags } from "./add-flags.ts";
import { CALL_FLAGS, COMMANDS, PART_FLAGS } from "./call-flags.ts";
import { flagFor } from "./flag-for.ts";

// Seen to fail with the value left out, with a flag added to each mention, and with a parenthesis of its own in every
// case.

describe("B42 the flags that the tool adds to a text of the libraries", () => {
	it.each([
		["an option", "Choose `bindPort`.", "Choose `bindPort` (`--bind-port`)."],
		["an option and its value", 'Use `ready: "health"`.', 'Use `ready: "health"` (`--ready health`).'],
		["a number", "Give `lockTimeoutMs: 500`.", "Give `lockTimeoutMs: 500` (`--lock-timeout 500`)."],
		["an option turned off", "Set `telemetry: false`.", "Set `telemetry: false` (`--no-telemetry`)."],
		["an option turned on", "Set `telemetry: true`.", "Set `telemetry: true` (`--telemetry`)."],
		["a mode", 'It is `spawn: "never"`.', 'It is `spawn: "never"` (`--spawn never`).'],
		["an option of several flags", "Give `storage`.", "Give `storage` (`--postgres-url-file`)."],
		["an object", 'Give `messaging: { kind: "nats" }`.', 'Give `messaging: { kind: "nats" }` (`--nats`).'],
		["a secret", 'Give `adminToken: "x"`.', 'Give `adminToken: "x"` (`--admin-token-file`).'],
		[
			"parts of an option",
			"Check its user (`messaging.username`) and `addresses`.",
			"Check its user (`messaging.username`, `--nats-username`) and `addresses` (`--nats`).",
		],
		["an option of one call", "Set `force: true`.", "Set `force: true` (`--force`)."],
		["a function", "Use `stopEngine` first.", "Use `stopEngine` (`rivet-enginectl stop`) first."],
		[
			"a function and its option",
			"Use `restartEngine` with `force: true`.",
			"Use `restartEngine` with `force: true` (`rivet-enginectl restart --force`).",
		],
		[
			"a call",
			"Use `restartEngine({ force: true })`.",
			"Use `restartEngine({ force: true })` (`rivet-enginectl restart --force`).",
		],
		[
			"two functions",
			"Use `startOrReuse` or `runEngine`.",
			"Use `startOrReuse` (`rivet-enginectl start`) or `runEngine` (`rivet-enginectl run`).",
		],
		[
			"a parenthesis around the option",
			"It is off (`autoDownload`).",
			"It is off (`autoDownload`, `--download`).",
		],
		[
			"a parenthesis after the option",
			"Give `adminToken` (`RIVET_X`).",
			"Give `adminToken` (`--admin-token-file`, `RIVET_X`).",
		],
		[
			"a second mention",
			"With `bindPort`, or without `bindPort`.",
			"With `bindPort` (`--bind-port`), or without `bindPort`.",
		],
	])("stand after %s", (_title, text, expected) => {
		expect(addFlags(text)).toBe(expected);
		expect(addFlags(expected), "a second time").toBe(expected);
	});

	it.each([
		["a flag that is there", "Choose `bindPort` (`--bind-port`)."],
		["a flag in the same parenthesis", "Use another (`version`, `--engine-version`)."],
		["a command that is there", "Use `startOrReuse` or `runEngine` (`rivet-enginectl start` or `run`)."],
		["an option without a flag", "Check `env`, `config` and `onCrash`."],
		["a value that no flag can give", "Set `autoUpgrade: false`, or `allowUpgrade: false`."],
		["a word", "Use another version or bindPort."],
		[
			"another name",
			"Look at `pg_hba.conf`, `dmesg`, `storage.kind`, `toString`, `RUST_LOG` and `npm install -D a`.",
		],
	])("leave %s as it is", (_title, text) => {
		expect(addFlags(text)).toBe(text);
	});

	it("are flags that commands have", () => {
		const program = createProgram(SILENT, () => {});
		const known = new Set(commandsOf(program).flatMap(({ options }) => options.map(({ long }) => long)));
		const flags = [...OPTION_NAMES, ...Object.keys({ ...CALL_FLAGS, ...PART_FLAGS })].flatMap(
			(option) => flagFor(option) ?? [],
		);
		expect(flags.filter((flag) => !known.has(flag))).toEqual([]);
	});

	it("are all flags of commands but those of the tool itself, and ambiguous ones", () => {
		const flags = commandsOf(createProgram(SILENT, () => {})).flatMap(({ options }) => options);
		const ofOptions = OPTION_NAMES.flatMap(flagsOf).map(({ flag }) => flag.split(" ")[0]);
		const known = new Set([...ofOptions, ...Object.values(CALL_FLAGS), ...OF_THE_TOOL, ...AMBIGUOUS]);
		expect(flags.flatMap(({ long }) => (known.has(long ?? "") ? [] : [long]))).toEqual([]);
	});

	it("name commands that there are", () => {
		const names = commandsOf(createProgram(SILENT, () => {})).map(nameOf);
		expect(Object.values(COMMANDS).filter((name) => !names.includes(name))).toEqual([]);
	});
});

/** Flags that stand for no option. */
const OF_THE_TOOL = ["--json", "--verbose", "--quiet", "--format", "--follow", "--lines"];

/** Flags of `wait`, whose options `timeoutMs` and `database` have the names of other things in texts. */
const AMBIGUOUS = ["--timeout", "--database"];

const SILENT: CommandLineIo = {
	stdout: { write: () => {} },
	stderr: { write: () => {} },
	environment: {},
	signal: new AbortController().signal,
};

/** Lists the commands of a program, and the commands below them. */
function commandsOf({ commands }: Command): readonly Command[] {
	return commands.flatMap((command) => [command, ...commandsOf(command)]);
}

function nameOf(command: Command): string {
	const { parent } = command;
	return parent?.parent ? `${parent.name()} ${command.name()}` : command.name();
}
