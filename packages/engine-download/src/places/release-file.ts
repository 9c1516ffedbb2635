import { artifactName } from "./artifact.ts";
import { isComponent } from "./component.ts";

/** Returns whether a text can be the name of a release file, for any component and any platform. */
export function isReleaseFile(name: string): boolean {
	return PLATFORMS.some(([platform, arch]) => {
		const [start = "", end = ""] = artifactName({ component: ANY, platform, arch }).split(ANY);
		const isSurrounded = name.startsWith(start) && name.endsWith(end);
		return isSurrounded && isComponent(name.slice(start.length, name.length - end.length));
	});
}

/** A placeholder for the component. */
const ANY = "any-component";

const PLATFORMS = [
	["linux", "x64"],
	["linux", "arm64"],
	["darwin", "x64"],
	["darwin", "arm64"],
	["win32", "x64"],
] as const;
