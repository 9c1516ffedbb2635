import { type EngineError, isEngineError } from "@rivetkit/engine-core";
import type { ReleaseLook } from "@rivetkit/engine-download";
import { spawnLevel } from "../endpoint-state.ts";
import { type AreaFinding, asFinding, ok } from "../finding.ts";
import type { Observations } from "../observations.ts";

/**
 * Checks which place an engine would be downloaded from, and through which proxy.
 *
 * @param asks - True to contact the servers and ask for the version.
 * @throws The signal's reason if aborted.
 */
export async function checkReleases(
	observations: Observations,
	asks: boolean,
): Promise<readonly AreaFinding[]> {
	const { configuration, context, sources } = observations;
	const { version, environment, autoDownload, unsafelyAllowHttp } = configuration;
	const { lookAtRelease } = await import("@rivetkit/engine-download");
	const looks = await Promise.all(
		configuration.releasesEndpoint.value.map(async (releasesEndpoint) => {
			try {
				const look = await lookAtRelease({
					version: version.value,
					releasesEndpoint,
					environment,
					unsafelyAllowHttp: unsafelyAllowHttp.value,
					asks,
					signal: context.signal,
				});
				return { ...describe(look, version.value), isFatal: false };
			} catch (error) {
				if (!isEngineError(error)) throw error;
				// A place with invalid settings makes a download fail, even if other places are named.
				return { ...asFinding("problem", error, cureOf(error)), isFatal: true };
			}
		}),
	);
	const isNeeded = sources.outcome.kind === "download" && spawnLevel(observations) === "problem";
	const isHopeless = looks.every(({ level }) => level === "problem");
	const findings = looks.map(({ isFatal, ...finding }) =>
		finding.level === "problem" && !(isNeeded && (isFatal || isHopeless))
			? ({ ...finding, level: "notice" } as const)
			: finding,
	);
	const whether = autoDownload.value
		? sources.outcome.kind === "download"
			? `A start downloads engine ${version.value}.`
			: "Downloading is allowed, and not needed."
		: "Downloading is off (`autoDownload`, `RIVETKIT_ENGINE_AUTO_DOWNLOAD`).";
	return [ok(whether), ...findings];
}

/**
 * Returns the cure for an error. The hint of a proxy error is not used: it contains a URL with an example password,
 * which the redaction would hide.
 */
function cureOf({ metadata }: EngineError): string | undefined {
	const { variable, hint } = metadata;
	if (typeof variable !== "string") return hint;
	return `Set \`${variable}\` to a URL such as http://proxy.example.com:8080, unset it, or name the release server in \`NO_PROXY\`.`;
}

function describe(look: ReleaseLook, version: string): AreaFinding {
	switch (look.kind) {
		case "folder":
			return look.exists ? ok(`'${look.path}' is there.`) : lacking(`'${look.path}' is not there.`, version);
		case "server":
			return describeServer(look, version);
	}
}

function describeServer(
	{ url, proxy, answer }: Extract<ReleaseLook, { readonly kind: "server" }>,
	version: string,
): AreaFinding {
	const way = proxy === undefined ? "without a proxy" : `through the proxy ${proxy}`;
	switch (answer?.kind) {
		case undefined:
			return ok(`${url} would be asked ${way}.`);
		case "has-release":
			return ok(`${url}, asked ${way}, is there.`);
		case "lacks-release":
			return lacking(`${url}, asked ${way}, is not there.`, version);
		case "failed":
			return {
				level: "problem",
				message: `${url}, asked ${way}, cannot be had: ${answer.reason.replace(/\.$/, "")}.`,
				cure: answer.hint ?? "Check the network, or name another server with `releasesEndpoint`.",
			};
	}
}

function lacking(message: string, version: string): AreaFinding {
	return {
		level: "problem",
		message,
		cure: `Name a server that has ${version} with \`releasesEndpoint\`, or another version with \`version\`.`,
	};
}
