// For `node --import=<URL of this file>?to=<file>`: notes every module that the process resolves, and who asked for it.
import { appendFileSync } from "node:fs";
import { register } from "node:module";
import { isMainThread } from "node:worker_threads";

const file = new URL(import.meta.url).searchParams.get("to");

// Hooks run in a thread of their own, which loads this file a second time.
if (isMainThread) register(import.meta.url);

export async function resolve(specifier, context, nextResolve) {
	const resolved = await nextResolve(specifier, context);
	appendFileSync(file, `${JSON.stringify({ url: resolved.url, parent: context.parentURL })}\n`);
	return resolved;
}
