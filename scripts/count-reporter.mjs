/**
 * Ends a test run with one line that counts its tests. If `RIVET_SLOWEST` is a number, as many of the slowest tests and
 * files are printed before that line.
 */
export default class CountReporter {
	onTestRunEnd(modules, errors) {
		const counts = { passed: 0, failed: errors.length, skipped: 0 };
		for (const module of modules) {
			counts.failed += module.errors().length;
			for (const test of module.children.allTests()) counts[test.result().state]++;
		}
		const { env } = process;
		printSlowest(modules, Number(env.RIVET_SLOWEST ?? 0));
		console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
	}
}

function printSlowest(modules, count) {
	if (count === 0) return;
	const tests = modules.flatMap((module) => [...module.children.allTests()]);
	print("tests", count, tests, (test) => [
		test.diagnostic()?.duration ?? 0,
		`${test.module.relativeModuleId} ${test.fullName}`,
	]);
	// Imports and hooks of a file count, too.
	print("files", count, modules, (module) => {
		const { collectDuration, duration, setupDuration } = module.diagnostic();
		return [collectDuration + duration + setupDuration, module.relativeModuleId];
	});
}

function print(what, count, all, timed) {
	const rows = all.map(timed).sort(([left], [right]) => right - left);
	const totalMs = rows.reduce((sum, [ms]) => sum + ms, 0);
	console.log(`\nThe slowest ${what}, of ${seconds(totalMs)} in all:`);
	for (const [ms, name] of rows.slice(0, count)) console.log(`${seconds(ms).padStart(8)}  ${name}`);
}

function seconds(ms) {
	return `${(ms / 1000).toFixed(1)} s`;
}
