import type { EngineError } from "@rivetkit/engine-core";
import type { SourceVerdict } from "@rivetkit/engine-resolver";
import { spawnLevel } from "../endpoint-state.ts";
import { type AreaFinding, asFinding, info, notice, ok } from "../finding.ts";
import type { Observations } from "../observations.ts";

/** Checks which binary a start would execute, and reports for each place why its binary would be used or not. */
export async function checkBinary(observations: Observations): Promise<readonly AreaFinding[]> {
	const { sources, configuration } = observations;
	const { verdicts, outcome, conflict } = sources;
	const findings = verdicts.map((verdict) => describe(verdict, observations));
	if (conflict !== undefined) {
		findings.push(
			notice(
				`\`RIVET_ENGINE_BINARY_PATH\` and \`RIVET_ENGINE_BINARY\` differ; the first is used, and '${conflict.ignored}' is not.`,
				"Unset one of `RIVET_ENGINE_BINARY_PATH` and `RIVET_ENGINE_BINARY`.",
			),
		);
	}
	switch (outcome.kind) {
		case "binary":
			if (outcome.binary.version === undefined) {
				findings.push(
					notice(
						`'${outcome.binary.path}' does not report its version, which therefore cannot be compared with the version of the database.`,
						"Make a wrapper script pass `--version` on to the engine.",
					),
				);
			}
			break;
		case "download":
			findings.push(ok(`download: engine ${configuration.version.value} would be fetched.`));
			break;
		case "error":
			if (outcome.error.code === "binary_unavailable") {
				const { origin, value } = configuration.version;
				const wanted = origin.kind === "default" ? "" : `@${value}`;
				findings.push({
					level: spawnLevel(observations),
					message: `No place has a binary of engine ${configuration.version.value}.`,
					cure: `Run \`npm install -D @rivetkit/engine-cli${wanted}\`, or allow the download with \`autoDownload\` (\`RIVETKIT_ENGINE_AUTO_DOWNLOAD=1\`).`,
				});
			}
	}
	return findings;
}

function describe(verdict: SourceVerdict, observations: Observations): AreaFinding {
	switch (verdict.kind) {
		case "chosen": {
			const { path, source, version } = verdict.binary;
			const what = version === undefined ? "" : ` is engine ${version} and`;
			return ok(`${source}: '${path}'${what} would be used.`);
		}
		case "spare":
			return info(`${verdict.source}: '${verdict.path}' is not needed.`);
		case "declined":
			return info(`${verdict.source}: ${verdict.reason}.`);
		case "broken": {
			const { error } = verdict;
			const isDecisive = observations.sources.outcome.kind === "error";
			return asFinding(isDecisive ? levelOf(error, observations) : "notice", error);
		}
	}
}

/** Returns the level for a binary that cannot be used. A path that the user has named is always a problem. */
function levelOf(error: EngineError, observations: Observations): "notice" | "problem" {
	const isNamed = error.metadata["origin"] !== "npm" && error.metadata["origin"] !== "cargo";
	return isNamed && observations.configuration.binary.isNamed ? "problem" : spawnLevel(observations);
}
