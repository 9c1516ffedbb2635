/**
 * URL of the built lock, for processes that the tests start. `RIVET_TEST_LOCK` names another build, such as a build with
 * a deliberate mistake, to see the tests fail.
 */
export const builtLock: string =
	process.env["RIVET_TEST_LOCK"] ?? new URL("../dist/lock.js", import.meta.url).href;
