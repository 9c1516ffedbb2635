// What a process runs that an exiting one has started: see `sharing/sweep-afterwards.ts`, which needs a file by a
// name that nobody else's is likely to have.
export { sweepEphemeralEngines } from "@rivetkit/engine-ephemeral";
