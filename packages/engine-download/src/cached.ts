import { chmod, stat } from "node:fs/promises";
import { checkReceipt, writeReceipt } from "@rivetkit/engine-core/receipt";
import type { DownloadPlan } from "./download-plan.ts";
import type { DownloadResult } from "./download-request.ts";
import { shownPlace } from "./fetch-place.ts";
import { setAside } from "./install.ts";
import type { TransferContext } from "./transfer-context.ts";
import { sha256File } from "./verify.ts";

/**
 * What is at the target already, if it is what is wanted. One that has no receipt, as rivetkit's, is adopted if it
 * has the wanted digest.
 *
 * @param sha256 - The wanted digest; undefined as long as it is not known, which verified files need not wait for.
 * @param options - `setsAside`: whether a file of ours that has changed since is moved out of the way. For whoever has
 * the lock: anybody else might move what the holder has put there a moment ago.
 */
export async function fromCache(
	{ target, version, isMoving, places }: DownloadPlan,
	sha256: string | undefined,
	{ logger, meter, signal }: TransferContext,
	{ setsAside = false }: { readonly setsAside?: boolean } = {},
): Promise<DownloadResult | undefined> {
	// What is there under a moving name may be last year's; only its digest tells.
	if (isMoving && sha256 === undefined) return undefined;
	const check = await checkReceipt(target, signal);
	switch (check.kind) {
		case "absent":
			return undefined;
		case "verified": {
			const { receipt } = check;
			if (sha256 !== undefined && receipt.sha256 !== sha256) {
				logger.info({ path: target, sha256: receipt.sha256 }, "what is installed is not what is wanted");
				return undefined;
			}
			return { path: target, sha256: receipt.sha256, sizeBytes: receipt.sizeBytes, source: "cache" };
		}
		case "altered": {
			if (!setsAside) return undefined;
			const place = await setAside(target);
			logger.warn(
				{ path: target, reason: check.reason, moved_to: place },
				"an engine binary has changed since it was installed",
			);
			return undefined;
		}
		case "unverified": {
			if (sha256 === undefined) return undefined;
			meter.phase("verifying");
			const found = await sha256File(target, { signal }).catch(() => undefined);
			signal.throwIfAborted();
			if (found?.sha256 !== sha256) {
				logger.warn(
					{ path: target, sha256: found?.sha256, expected: sha256 },
					"another tool's engine binary is not the release's, and will be replaced",
				);
				return undefined;
			}
			// rivetkit sets the mode last, and may have been killed before.
			await chmod(target, 0o755).catch(() => {});
			const [place] = places;
			const url = place === undefined ? "" : shownPlace(place);
			await writeReceipt(target, { sha256, url, engineVersion: isMoving ? null : version }).catch(() => {});
			return { path: target, sha256, sizeBytes: (await stat(target)).size, source: "cache" };
		}
	}
}
