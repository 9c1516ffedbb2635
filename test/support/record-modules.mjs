// For `node --import=<URL of this file>?to=<file>`: notes every module that the process resolves, and who asked for it.
import { appendFileSync } from "node:fs";
import module from "node:module";
import { isMainThread } from "node:worker_threads";

const file = new URL(import.meta.url).searchParams.get("to");

// Node 26 warns of `register`, on standard error; Node 20 has nothing else.
if (module.registerHooks !== undefined) {
	module.registerHooks({
		resolve: (specifier, context, nextResolve) => note(nextResolve(specifier, context), context),
	});
} else if (isMainThread) {
	// Such hooks run in a thread of their own, which loads this file a second time.
	module.register(import.meta.url);
}

/** For `register`. */
export async function resolve(specifier, context, nextResolve) {
	return note(await nextResolve(specifier, context), context);
}

function note(resolved, context) {
	appendFileSync(file, `${JSON.stringify({ url: resolved.url, parent: context.parentURL })}\n`);
	return resolved;
}
