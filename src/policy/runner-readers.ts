import { NAME_EXPECTED, NAME_PATTERN } from './readers.ts';
import { accept, refuse, shown, type Reading } from './reading.ts';
import { steeringReason } from './steering.ts';

export const OUTPUT_PATTERN = '^[A-Za-z_][A-Za-z0-9_-]*$';
/** What follows is read by hand: `..` may be no part of it, but `..a` may. */
export const PREFIX_PATTERN = '^[^~:][^:]*$';

const OUTPUT = new RegExp(OUTPUT_PATTERN);
const NAME = new RegExp(NAME_PATTERN);

/** The name of a step's output. */
export function readOutput(raw: unknown): Reading<string> {
  return typeof raw === 'string' && OUTPUT.test(raw)
    ? accept(raw)
    : refuse(
        `${shown(raw)} is not the name of an output`,
        'a name of letters, digits, _ and - that starts with a letter or _',
      );
}

/** The name of a variable that later steps may get from this one. */
export function readExport(raw: unknown): Reading<string> {
  if (typeof raw !== 'string' || !NAME.test(raw)) {
    return refuse(`${shown(raw)} is not a variable name`, NAME_EXPECTED);
  }
  const reason = steeringReason(raw);
  return reason === null
    ? accept(raw)
    : refuse(
        `\`${raw}\` must not be handed on: ${reason}`,
        'an output, which the workflow puts into the `env` of the step that needs it',
      );
}

/** A directory in which entries of PATH may lie; it must be clear without a look at the machine. */
export function readPrefix(raw: unknown): Reading<string> {
  const expected = 'a directory, absolute or relative to the workspace, without `..` and `:`';
  if (typeof raw !== 'string' || raw === '' || /[:\p{Cc}]/u.test(raw)) {
    return refuse(`${shown(raw)} is not a directory for PATH`, expected);
  }
  if (raw.startsWith('~')) {
    return refuse(`${shown(raw)} leads to a home, and the step's is thrown away`, expected);
  }
  return raw.split('/').includes('..')
    ? refuse(`${shown(raw)} leads upwards`, expected)
    : accept(raw);
}
