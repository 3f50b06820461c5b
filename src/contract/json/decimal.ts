// Decimal arithmetic on the text of numbers, as far as schemas and comparisons need it. Invariant: the work grows with the
// length of the text, never with the size of the number: `1e999999999` costs what it is long.

/** A decimal number: its sign times `digits` times ten to the `exponent`. No zero at either end; zero has no digits. */
export interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

/** Largest exponent, in either direction: beyond it the arithmetic of exponents would lose digits itself. */
const LARGEST_EXPONENT = 1e15;

/**
 * Reads a literal of JSON, or what `String` makes of a finite number.
 *
 * @throws {SyntaxError} when its exponent is beyond what any number can mean
 */
export function parseDecimal(text: string): Decimal {
  const [mantissa = '', power = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  if (!(Math.abs(Number(power)) <= LARGEST_EXPONENT)) {
    throw new SyntaxError(`the exponent of a number is beyond ${LARGEST_EXPONENT}`);
  }
  const all = `${whole}${fraction}`;
  let from = 0;
  let to = all.length;
  while (all[from] === '0') from += 1;
  while (to > from && all[to - 1] === '0') to -= 1;
  if (from === to) return { negative: false, digits: '', exponent: 0 };
  return {
    negative: mantissa.startsWith('-'),
    digits: all.slice(from, to),
    exponent: Number(power) - fraction.length + (all.length - to),
  };
}

/** Longest number that is written without an exponent, in zeros that are added to its digits. */
const PLAIN_ZEROS = 40;

/** One text for each value: as digits, and only far from them with an exponent. */
export function toDecimalText({ negative, digits, exponent }: Decimal): string {
  if (digits === '') return '0';
  const sign = negative ? '-' : '';
  const point = digits.length + exponent;
  if (exponent > PLAIN_ZEROS || point < -PLAIN_ZEROS) return `${sign}${digits}e${exponent}`;
  if (exponent >= 0) return `${sign}${digits}${'0'.repeat(exponent)}`;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** Below zero where the first is less than the second, above where it is greater. */
export function compareDecimals(one: Decimal, other: Decimal): number {
  const signs = signOf(one) - signOf(other);
  if (signs !== 0 || one.digits === '') return signs;
  return one.negative ? compareSizes(other, one) : compareSizes(one, other);
}

export function isInteger({ digits, exponent }: Decimal): boolean {
  return digits === '' || exponent >= 0;
}

export function isMultipleOf({ digits, exponent }: Decimal, step: Decimal): boolean {
  if (digits === '') return true;
  // Both end in a digit that is not zero, so the step cannot end further left.
  if (step.digits === '' || exponent < step.exponent) return false;
  const modulus = BigInt(step.digits);
  return (
    ((BigInt(digits) % modulus) * powerOfTen(exponent - step.exponent, modulus)) % modulus === 0n
  );
}

function signOf({ digits, negative }: Decimal): number {
  if (digits === '') return 0;
  return negative ? -1 : 1;
}

function compareSizes(one: Decimal, other: Decimal): number {
  const ends = one.digits.length + one.exponent - other.digits.length - other.exponent;
  if (ends !== 0) return ends;
  if (one.digits === other.digits) return 0;
  return one.digits < other.digits ? -1 : 1;
}

/** Ten to a power, by a modulus: the power itself may be too large to be written down. */
function powerOfTen(power: number, modulus: bigint): bigint {
  let result = 1n % modulus;
  let square = 10n % modulus;
  for (let left = power; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}
