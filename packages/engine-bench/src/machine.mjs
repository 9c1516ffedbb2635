import os from "node:os";

/**
 * One line on where the figures come from, since they mean little on a busy or another machine.
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
