import { InvalidArgumentError } from "commander";

/** Reads a number of things. */
export function countOf(text: string): number {
	const value = wholeNumber(text);
	if (value < 0) throw new InvalidArgumentError("It must not be negative.");
	return value;
}

/** Reads a number; its range is the facade's to judge. */
export function wholeNumber(text: string): number {
	const value = Number(text);
	if (text.trim() === "" || !Number.isInteger(value))
		throw new InvalidArgumentError("It must be a whole number.");
	return value;
}
