import type { Command } from "commander";
import type { CommandLineIo } from "./io.ts";

/** Makes one command of the program. */
export type MakeCommand = (io: CommandLineIo, setExitCode: (code: number) => void) => Command;
