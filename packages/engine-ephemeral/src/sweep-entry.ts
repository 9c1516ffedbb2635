// The program of the process that `sharing/sweep-afterwards.ts` starts at the exit of another. The built file has a
// name that no file of an application is likely to have, since it is looked for beside the file that this package
// is in.
export { sweepEphemeralEngines } from "@rivetkit/engine-ephemeral";
