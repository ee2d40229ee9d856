import { accept, refuse, shown, type Reading } from '../policy/reading.ts';

const LARGEST = 2n ** 64n - 1n;
/** MAX_ERRNO of the kernel: larger numbers would be read as results. */
const LARGEST_ERRNO = 4095;
const ARGUMENTS = 6;

/** A number of 64 bits: a whole number, or a text with one, decimal or `0x…`. */
export function readUnsigned(raw: unknown): Reading<bigint> {
  const exact = typeof raw === 'number' && Number.isSafeInteger(raw);
  const text = typeof raw === 'string' && /^(?:\d{1,20}|0x[\da-f]{1,16})$/i.test(raw);
  const value = exact || text ? BigInt(raw) : -1n;
  return value >= 0n && value <= LARGEST
    ? accept(value)
    : refuse(`${shown(raw)} is not a value of an argument`, 'a whole number from 0 to 2^64-1');
}

export function readErrno(raw: unknown): Reading<number> {
  return readWhole(raw, LARGEST_ERRNO, 'an error number');
}

export function readIndex(raw: unknown): Reading<number> {
  return readWhole(raw, ARGUMENTS - 1, 'the number of an argument');
}

function readWhole(raw: unknown, largest: number, what: string): Reading<number> {
  return typeof raw === 'number' && Number.isInteger(raw) && raw >= 0 && raw <= largest
    ? accept(raw)
    : refuse(`${shown(raw)} is not ${what}`, `a whole number from 0 to ${largest}`);
}

/** A kernel's release such as `4.8`. */
export function readKernel(raw: unknown): Reading<string> {
  return typeof raw === 'string' && /^\d{1,5}\.\d{1,5}$/.test(raw)
    ? accept(raw)
    : refuse(`${shown(raw)} is not a kernel release`, 'a text such as "4.8"');
}
