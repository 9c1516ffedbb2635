import { expectEngineError } from "@rivetkit/engine-testkit";
import { describe, expect, test } from "vitest";
import * as inspect from "../src/index.ts";

// Seen to fail with each check taken out.

type Call = (...args: never[]) => unknown;

/** A function, the argument that its error must name, and the arguments of the call. */
type CarelessCall = [title: string, call: Call, option: string, args: readonly unknown[]];

const CALLS: readonly CarelessCall[] = [
	["portHolder", inspect.portHolder, "port", ["6420"]],
	["portHolder", inspect.portHolder, "host", [6420, 127]],
	["portOwnership", inspect.portOwnership, "pid", [undefined, []]],
	["portOwnership", inspect.portOwnership, "addresses", [1, { host: "127.0.0.1", port: 6420 }]],
	["portOwnership", inspect.portOwnership, "addresses", [1, [{ port: 6420 }]]],
	["portOwnership", inspect.portOwnership, "port", [1, [{ host: "127.0.0.1" }]]],
	["listeningPorts", inspect.listeningPorts, "pid", ["1"]],
	["listeningAddresses", inspect.listeningAddresses, "port", [undefined]],
	["connectedProcesses", inspect.connectedProcesses, "port", ["6420"]],
	["connectedProcesses", inspect.connectedProcesses, "host", [6420, {}]],
	["checkPorts", inspect.checkPorts, "addresses", [undefined]],
	["checkPorts", inspect.checkPorts, "addresses", [[undefined]]],
	["checkPorts", inspect.checkPorts, "port", [[{ role: "guard", host: "127.0.0.1", port: 65_536 }]]],
	["checkEnginePorts", inspect.checkEnginePorts, "ports", [undefined]],
	["checkEnginePorts", inspect.checkEnginePorts, "addresses", [{ guard: { host: "127.0.0.1", port: 6420 } }]],
	["lockHolder", inspect.lockHolder, "databasePath", [undefined]],
	["engineDatabase", inspect.engineDatabase, "pid", ["self"]],
	["samePath", inspect.samePath, "left", [undefined, "/"]],
	["samePath", inspect.samePath, "right", ["/", new URL("file:///")]],
	["descriptorUse", inspect.descriptorUse, "pid", [undefined]],
	["processArguments", inspect.processArguments, "pid", [undefined]],
	["processExecutable", inspect.processExecutable, "pid", [null]],
	["oomKills", inspect.oomKills, "pid", ["me"]],
	["oomKills", inspect.oomKills, "root", ["self", 1]],
	["oomKillsMoved", inspect.oomKillsMoved, "before", [3]],
	["executesEngine", inspect.executesEngine, "holder", [undefined]],
	["describeTaken", inspect.describeTaken, "taken", [undefined]],
	["portsInUseError", inspect.portsInUseError, "taken", [[undefined]]],
];

describe("B47 a careless argument", () => {
	test.each<CarelessCall>(CALLS)(
		"of `%s` is an error that names it (%#)",
		async (_title, call, option, args) => {
			const asked = (async () => await Reflect.apply(call, undefined, args))();
			expect((await expectEngineError(asked, "invalid_option")).metadata).toMatchObject({ option });
		},
	);
});
