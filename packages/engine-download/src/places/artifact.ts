import { type ArtifactErrorCode, engineArtifactName } from "@rivetkit/engine-core";
import { string } from "../options/option-checks.ts";
import { requireOptions } from "../options/require-options.ts";
import { requireComponent } from "./component.ts";

export { type ArtifactErrorCode, engineArtifactName } from "@rivetkit/engine-core";

/** The codes that {@link artifactName} throws. */
export type ArtifactNameErrorCode = ArtifactErrorCode | "invalid_option";

/** A component of Rivet, and the machine that its release file is for. */
export interface ReleaseArtifact {
	/** `engine`, or another part of Rivet: lower-case letters, digits and dashes. */
	readonly component: string;
	/** A value of `process.platform`. */
	readonly platform: string;
	/** A value of `process.arch`. */
	readonly arch: string;
}

/**
 * Returns the name of a component's release file. It is the result of {@link engineArtifactName} with the component in
 * place of `engine`.
 *
 * @throws EngineError `invalid_option`, also for an unusable component name; `unsupported_platform` if Rivet publishes no
 * file for this machine.
 * @see https://releases.rivet.dev for the published names.
 */
export function artifactName(artifact: ReleaseArtifact): string {
	requireOptions<ReleaseArtifact>(artifact, { component: string, platform: string, arch: string });
	const { component, platform, arch } = artifact;
	requireComponent(component);
	return engineArtifactName(platform, arch).replace(/^rivet-engine/, `rivet-${component}`);
}
