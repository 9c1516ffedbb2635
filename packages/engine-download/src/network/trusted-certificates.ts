import { readFile } from "node:fs/promises";
import type { Environment, Logger } from "@rivetkit/engine-core";

/**
 * Lists the certificates to trust, in PEM format, if `NODE_EXTRA_CA_CERTS` names a file with more certificates; undefined
 * if Node's own list is enough. Node itself reads the variable only from the process's environment, and only at its start.
 */
export async function trustedCertificates(
	environment: Environment,
	logger: Logger,
): Promise<readonly string[] | undefined> {
	const file = environment["NODE_EXTRA_CA_CERTS"];
	if (!file) return undefined;
	try {
		const extra = await readFile(file, "utf8");
		if (!extra.includes("-----BEGIN ")) {
			logger.warn({ path: file }, "the file that NODE_EXTRA_CA_CERTS names has no certificate in PEM format");
			return undefined;
		}
		const tls: typeof import("node:tls") & { readonly getCACertificates?: () => readonly string[] } =
			await import("node:tls");
		// From Node 22.15 on, this list contains the system's certificates too, if Node was started with them.
		return [...(tls.getCACertificates?.() ?? tls.rootCertificates), extra];
	} catch (error) {
		logger.warn({ path: file, error }, "the certificates that NODE_EXTRA_CA_CERTS names cannot be read");
		return undefined;
	}
}
