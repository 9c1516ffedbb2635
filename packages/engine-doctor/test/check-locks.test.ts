import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { identifyProcess } from "@rivetkit/engine-core/process";
import { explainsFaults, holdLock, type PlantedFault } from "./planted-faults.ts";

// Seen to fail: each fault without the lines of the check that find it, or with a lower level.

const FAULTS: readonly PlantedFault[] = [
	{
		title: "10 a living process holds the lock of the instance",
		expected: { area: "locks", level: "notice" },
		plant: async (box, keep) => {
			keep(await holdLock(box.layout.lockFolder));
			return {
				options: { lockTimeoutMs: 300 },
				message: [`held by process ${process.pid}, which is alive, a test`],
				cure: [`Let process ${process.pid} finish`],
			};
		},
	},
	{
		title: "10 a process that cannot be judged holds the lock of the port",
		expected: { area: "locks", level: "notice" },
		plant: async (box) => {
			const folder = path.join(box.folder, `rivet-engine-${process.getuid?.()}`, `ports-${box.port}`);
			await mkdir(folder, { recursive: true, mode: 0o700 });
			const owner = { ...(await identifyProcess(process.pid)), pidNamespace: "pid:[1]" };
			const createdAt = new Date().toISOString();
			const record = { format: 1, owner, nonce: "a nonce", purpose: "a test", createdAt };
			await writeFile(path.join(folder, "g1"), JSON.stringify(record));
			return {
				options: { lockTimeoutMs: 300 },
				message: [`The lock of port ${box.port}`, "cannot be judged from here", createdAt],
				cure: ["`lockTimeoutMs`"],
			};
		},
	},
];

explainsFaults(FAULTS);
