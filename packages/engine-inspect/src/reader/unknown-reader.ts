import { type SystemReader, UNKNOWN } from "./system-reader.ts";

/** The reader for platforms that have no other reader: every answer is unknown. */
export const unknownReader: SystemReader = {
	readProcesses: async () => UNKNOWN,
	readExecutable: async () => UNKNOWN,
	readOwnName: async () => UNKNOWN,
	readArguments: async () => UNKNOWN,
	readDescriptors: async () => UNKNOWN,
	readOpenFilesLimit: async () => UNKNOWN,
	readTcpSockets: async () => UNKNOWN,
	readFileLocks: async () => UNKNOWN,
};
