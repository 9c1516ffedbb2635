/** Returns the address of an engine's dashboard that a browser on this machine can open. */
export function dashboardUrl(endpoint: string): string {
	return `${endpoint.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")}/ui/`;
}
