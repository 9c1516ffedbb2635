import { artifactName } from "./artifact.ts";
import { isComponent } from "./component.ts";

/** Whether a file of this name can be a release file, of whichever component and platform. */
export function isReleaseFile(name: string): boolean {
	return PLATFORMS.some(([platform, arch]) => {
		const [start, end] = artifactName({ component: MARK, platform, arch }).split(MARK);
		const isAround = start !== undefined && end !== undefined && name.startsWith(start) && name.endsWith(end);
		return isAround && isComponent(name.slice(start.length, name.length - end.length));
	});
}

/** Stands for any component. */
const MARK = "any-component";

const PLATFORMS = [
	["linux", "x64"],
	["linux", "arm64"],
	["darwin", "x64"],
	["darwin", "arm64"],
	["win32", "x64"],
] as const;
