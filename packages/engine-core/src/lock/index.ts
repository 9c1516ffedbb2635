export { inspectLock, type LockInspection, removeFreeLock } from "./inspect.ts";
export type { LockHolder } from "./record.ts";
export { type LockOptions, type LockState, withLock } from "./with-lock.ts";
