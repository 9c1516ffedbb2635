/**
 * The address of the lock as built, for processes that the tests start. `RIVET_TEST_LOCK` names another build,
 * such as one with a mistake made on purpose, to see the tests fail.
 */
export const builtLock: string =
	process.env["RIVET_TEST_LOCK"] ?? new URL("../dist/lock.js", import.meta.url).href;
