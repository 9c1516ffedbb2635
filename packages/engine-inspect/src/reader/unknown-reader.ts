import { type SystemReader, UNKNOWN } from "./system-reader.ts";

/** The reader of a platform that nothing can be asked of yet. */
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
