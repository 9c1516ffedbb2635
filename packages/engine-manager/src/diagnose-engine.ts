import type { DiagnoseOptions, Diagnosis } from "./doctor/run-doctor.ts";
import { processEnvironment } from "./environment.ts";

/**
 * Says what a start with these options would do now, and what is in its way: every setting and where it came from,
 * every place for a binary, the endpoint and its ports, locks, records, database, disk, and release servers.
 *
 * Starts nothing and leaves everything as it is. The endpoint is asked once, each port bound for a moment, and a file
 * made and removed in each folder that a start would write to; folders that are missing are not made. Of the binaries
 * only the one that would be used is run, with `--version`. The network is used only if `online` says so.
 *
 * @throws EngineError `invalid_option`, `invalid_endpoint` for an option that cannot be used, while a variable
 * that cannot is a finding; the signal's reason if aborted.
 */
export async function diagnoseEngine(options: DiagnoseOptions = {}): Promise<Diagnosis> {
	// The doctor is loaded on demand: no other call uses it.
	const { runDoctor } = await import("./doctor/run-doctor.ts");
	return await runDoctor({ ...options, environment: options.environment ?? processEnvironment() });
}
