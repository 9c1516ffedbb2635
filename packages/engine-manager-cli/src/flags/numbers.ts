import { InvalidArgumentError } from "commander";

/** Reads a count. */
export function countOf(text: string): number {
	const value = wholeNumber(text);
	if (value < 0) throw new InvalidArgumentError("It must not be negative.");
	return value;
}

/** Reads a whole number. The libraries judge its range. */
export function wholeNumber(text: string): number {
	const value = Number(text);
	if (text.trim() === "" || !Number.isInteger(value))
		throw new InvalidArgumentError("It must be a whole number.");
	return value;
}
