// Whole numbers among the arguments.
import { InvalidArgumentError } from 'commander';

/** Reads a whole number between bounds. The function throws what commander shows. */
export function toInteger(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= minimum && value <= maximum) return value;
    throw new InvalidArgumentError(`expected a whole number from ${minimum} to ${maximum}`);
  };
}
