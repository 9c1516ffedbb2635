import { stat } from "node:fs/promises";
import { engineArtifactName, engineCachePath, isEngineError } from "@rivetkit/engine-core";
import { type ReceiptCheck, readReceipt, writeReceiptFile } from "@rivetkit/engine-core/receipt";
import { inspectExecutable } from "../executable/inspect-executable.ts";
import { checkSettled, isUnchanged } from "../settle/check-settled.ts";
import { type Clock, systemClock } from "../settle/clock.ts";
import {
	decline,
	type EngineSource,
	type ResolverSettings,
	type SourceContext,
	type SourceResult,
} from "../source.ts";
import { readBinaryVersion } from "../version/binary-version.ts";

const REPLACE = "delete it, or allow the download that replaces it (`RIVETKIT_ENGINE_AUTO_DOWNLOAD=1`)";

/**
 * Makes the source for binaries in the cache, which is shared with rivetkit. A binary with a matching receipt is asked for
 * its version once. A binary without a receipt is used if it looks complete and no program writes to it any more.
 *
 * @param host - The machine to find a binary for. @defaultValue this machine
 * @throws EngineError `invalid_option` for a version that cannot be part of a path.
 */
export function cacheSource(
	clock: Clock = systemClock,
	host: { readonly platform: string; readonly arch: string } = process,
): EngineSource {
	return async (settings, context) => {
		const { version, storageRoot } = settings;
		if (version === "latest") {
			return [decline("cache", "`latest` changes from release to release, so it is never taken from here")];
		}
		const artifact = artifactOf(host);
		if (artifact.kind === "none") return [decline("cache", artifact.reason)];
		const file = engineCachePath(storageRoot, version, artifact.name);
		try {
			return [
				context.looksOnly === true ? await glanceAt(file) : await lookAt(file, settings, context, clock),
			];
		} catch (error) {
			if (isSystemError(error)) return [decline("cache", `'${file}' cannot be read: ${error.message}`)];
			throw error;
		}
	};
}

async function lookAt(
	file: string,
	settings: ResolverSettings,
	context: SourceContext,
	clock: Clock,
): Promise<SourceResult> {
	for (;;) {
		const { check, sighting } = await checkSettled(file, context, clock);
		const reason = objectionTo(file, check) ?? (await flawOf(file));
		if (reason !== undefined) return decline("cache", reason);
		const recorded = check.kind === "verified" ? check.receipt.engineVersion : null;
		const version = recorded ?? (await readBinaryVersion(file, settings.environment, context.signal));
		// The file may have been replaced while it was run.
		if (recorded === null && !(await isUnchanged(file, sighting, clock))) continue;
		if (check.kind === "verified" && recorded === null && version !== undefined) {
			// With the version in the receipt, the next start need not run the file.
			await writeReceiptFile(file, { ...check.receipt, engineVersion: version }).catch(() => {});
		}
		if (check.kind === "unverified") {
			const why = check.reason ?? "it has no receipt";
			context.logger.info(
				{ path: file, version, reason: why },
				"using an engine binary from the cache unverified",
			);
		}
		return { kind: "found", binary: { path: file, source: "cache", version } };
	}
}

/** Checks a file without reading all of it: only a start hashes it, and waits for a program that writes to it. */
async function glanceAt(file: string): Promise<SourceResult> {
	const [stats, read] = await Promise.all([stat(file).catch(() => undefined), readReceipt(file)]);
	const installed = read.kind === "present" ? read.receipt : undefined;
	const hasOtherSize = stats !== undefined && installed !== undefined && stats.size !== installed.sizeBytes;
	const reason = hasOtherSize
		? `'${file}' has changed since it was installed: it has ${stats.size} bytes rather than ${installed.sizeBytes}; ${REPLACE}`
		: await flawOf(file);
	if (reason !== undefined) return decline("cache", reason);
	return {
		kind: "found",
		binary: { path: file, source: "cache", version: installed?.engineVersion ?? undefined },
	};
}

/** Returns why a file is not used, from the comparison with its receipt. */
function objectionTo(file: string, check: ReceiptCheck): string | undefined {
	switch (check.kind) {
		case "absent":
			return `'${file}' does not exist`;
		case "altered":
			return `'${file}' has changed since it was installed: ${check.reason}; ${REPLACE}`;
		case "verified":
		case "unverified":
			return undefined;
	}
}

/** Returns why a file cannot be executed. This is not thrown as an error, since the user did not name the file. */
async function flawOf(file: string): Promise<string | undefined> {
	const inspection = await inspectExecutable(file);
	switch (inspection.kind) {
		case "executable":
			return undefined;
		case "missing":
			return `'${file}' does not exist`;
		case "not-permitted":
			return `'${file}' cannot be executed: ${inspection.reason}; run: chmod +x '${file}'`;
		case "unusable":
			return `'${file}' cannot be executed: ${inspection.reason}; ${REPLACE}`;
		case "other-platform":
			return `'${file}' is made for ${inspection.platform}; ${REPLACE}`;
	}
}

function artifactOf({
	platform,
	arch,
}: {
	readonly platform: string;
	readonly arch: string;
}):
	| { readonly kind: "published"; readonly name: string }
	| { readonly kind: "none"; readonly reason: string } {
	try {
		return { kind: "published", name: engineArtifactName(platform, arch) };
	} catch (error) {
		if (!isEngineError(error, "unsupported_platform")) throw error;
		return { kind: "none", reason: `no engine is published for ${platform} on ${arch}` };
	}
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
	return error instanceof Error && "syscall" in error;
}
