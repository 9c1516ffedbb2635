import { once } from "node:events";

/** Says that this process is ready, and waits until it is told to go. */
export async function toldToGo() {
	const alive = setInterval(() => {}, 1000);
	const told = once(process, "SIGUSR2");
	console.log("ready");
	await told;
	clearInterval(alive);
}
