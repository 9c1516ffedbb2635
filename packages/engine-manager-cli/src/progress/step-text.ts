import { addFlags } from "../hints/add-flags.ts";
import { formatBytes } from "../output/format-bytes.ts";
import type { Step } from "./describe-step.ts";

/** Formats a step as a line of its own. The amount of a transfer is rounded to tenths, so that there are few lines. */
export function lineText({ text, amount }: Step): string {
	return `${addFlags(text)}${amount === undefined ? "" : roughAmount(amount)} ...`;
}

/** Formats the amount of a transfer: in tenths, or in steps of 10 MB if the size is unknown. */
function roughAmount({ receivedBytes, totalBytes }: NonNullable<Step["amount"]>): string {
	if (totalBytes) {
		return `: ${Math.floor((10 * receivedBytes) / totalBytes) * 10} % of ${formatBytes(totalBytes)}`;
	}
	const stepBytes = 10_000_000;
	return receivedBytes < stepBytes ? "" : `: ${formatBytes(receivedBytes - (receivedBytes % stepBytes))}`;
}

/**
 * Formats a step as a line that is rewritten in place, with a bar for a transfer of known size.
 *
 * @param bar - Draws the bar for a share between 0 and 1.
 */
export function barText(
	{ text, amount }: Step,
	{ seconds, bar }: { readonly seconds: number; readonly bar: (share: number) => string },
): string {
	if (amount === undefined) return `${addFlags(text)} ...${seconds === 0 ? "" : ` (${seconds} s)`}`;
	const { receivedBytes, totalBytes, bytesPerSecond } = amount;
	const received = formatBytes(receivedBytes);
	const rate = `${formatBytes(Math.round(bytesPerSecond))}/s`;
	if (!totalBytes) return `${text} | ${received} | ${rate}`;
	const share = Math.min(receivedBytes / totalBytes, 1);
	const percent = `${Math.floor(share * 100)} %`;
	return `${text} ${bar(share)} ${percent} | ${received} of ${formatBytes(totalBytes)} | ${rate}`;
}
