/** Ends a test run with one line that counts its tests. */
export default class CountReporter {
	onTestRunEnd(modules, errors) {
		const counts = { passed: 0, failed: errors.length, skipped: 0 };
		for (const module of modules) {
			counts.failed += module.errors().length;
			for (const test of module.children.allTests()) counts[test.result().state]++;
		}
		console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
	}
}
