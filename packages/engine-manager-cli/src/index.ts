export { type CommandLineIo, runCommandLine } from "./run.ts";
