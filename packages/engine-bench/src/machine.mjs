import os from "node:os";

/**
 * Describes the machine in one line: on a busy or another machine the figures mean little.
 *
 * @param {string} engineVersion
 */
export function describeMachine(engineVersion) {
	const [load = 0] = os.loadavg();
	const cpus = os.cpus();
	return [
		`Node ${process.versions.node}`,
		`engine ${engineVersion}`,
		`${process.platform} ${process.arch}`,
		`${cpus.length} × ${cpus[0]?.model.trim() ?? "CPU"}`,
		`load ${load.toFixed(1)}`,
		`NODE_EXTRA_CA_CERTS ${process.env.NODE_EXTRA_CA_CERTS === undefined ? "unset" : "set"}`,
	].join(", ");
}
