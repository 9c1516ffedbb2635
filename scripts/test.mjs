// `npm test`: installs, checks style, builds, checks types and runs every test.
import { install, runPnpm } from "./workspace.mjs";

install();
runPnpm(["run", "verify"], process.stdout);
