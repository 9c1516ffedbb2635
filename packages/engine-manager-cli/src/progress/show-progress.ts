import { Writable } from "node:stream";
import type { DownloadProgress, EngineEvent } from "@rivetkit/engine-manager";
import cliProgress from "cli-progress";
import type { CommandLineIo, TextOutput } from "../io.ts";
import { describeDownload, describeEvent, type Step } from "./describe-step.ts";
import { barText, lineText } from "./step-text.ts";

/** Shows the steps of a command on standard error. Disposing ends the display. */
export interface ProgressDisplay extends Disposable {
	readonly onEvent: (event: EngineEvent) => void;
	readonly onDownload: (progress: DownloadProgress) => void;
	/** Standard error for other output, such as warnings. Each text gets its own line above the display. */
	readonly stderr: TextOutput;
	end(): void;
}

/** Shows one step at a time. */
interface StepDisplay {
	show(step: Step): void;
	/** Removes the shown step from the terminal. The next step is shown again. */
	clear(): void;
}

/**
 * Shows steps. On a terminal, all steps share a line, with a bar for a transfer. Elsewhere each step has its own line.
 * Shows nothing if silent.
 */
export function showProgress({ stderr }: CommandLineIo, isSilent: boolean): ProgressDisplay {
	const display = isSilent
		? undefined
		: stderr.isTTY === true && stderr instanceof Writable
			? rewrittenLine(stderr)
			: lines(stderr);
	let current: Step | undefined;
	const show = (step: Step | undefined): void => {
		if (step === undefined) return;
		current = step;
		display?.show(step);
	};
	const end = (): void => {
		current = undefined;
		display?.clear();
	};
	return {
		onEvent: (event) => show(describeEvent(event)),
		onDownload: (progress) => show(describeDownload(progress)),
		stderr: {
			write: (text) => {
				if (current === undefined) return stderr.write(text);
				display?.clear();
				stderr.write(text);
				display?.show(current);
			},
		},
		end,
		[Symbol.dispose]: end,
	};
}

/** Makes a function that finds out whether a step is new, by its text, and how long the step has been shown. */
function stepClock(): (step: Step) => { readonly isNew: boolean; readonly seconds: () => number } {
	let text: string | undefined;
	let startedAt = 0;
	return (step) => {
		const isNew = step.text !== text;
		if (isNew) startedAt = performance.now();
		text = step.text;
		return { isNew, seconds: () => Math.round((performance.now() - startedAt) / 1000) };
	};
}

function rewrittenLine(stream: Writable): StepDisplay {
	const clock = stepClock();
	let text = (_bar: (progress: number) => string): string => "";
	const line = new cliProgress.SingleBar({
		stream,
		format: (options) => text((progress) => cliProgress.Format.BarFormat(progress, options)),
		barsize: 30,
		clearOnComplete: true,
		// With this setting, the library cuts the line to the terminal's width, and changes no terminal mode that would stay
		// after a kill.
		linewrap: true,
	});
	let isShown = false;
	return {
		show: (step) => {
			const { seconds } = clock(step);
			text = (bar) => barText(step, { seconds: seconds(), bar });
			// The library redraws the line ten times a second if its text has changed.
			if (!isShown) line.start(1, 0);
			isShown = true;
		},
		clear: () => {
			if (isShown) line.stop();
			isShown = false;
		},
	};
}

/** The time between two lines that report that a step is still running, in milliseconds. */
const TICK_MS = 1000;

function lines(output: TextOutput): StepDisplay {
	const clock = stepClock();
	let shown: string | undefined;
	let timer: NodeJS.Timeout | undefined;
	return {
		show: (step) => {
			const { isNew, seconds } = clock(step);
			const line = lineText(step);
			if (line !== shown) output.write(`${line}\n`);
			shown = line;
			if (!isNew && timer !== undefined) return;
			clearInterval(timer);
			// For a transfer, the growing amount already shows that the step is still running.
			const tick = (): unknown => output.write(`${line} (${seconds()} s)\n`);
			timer = step.amount === undefined ? setInterval(tick, TICK_MS) : undefined;
		},
		clear: () => {
			clearInterval(timer);
			timer = undefined;
		},
	};
}
