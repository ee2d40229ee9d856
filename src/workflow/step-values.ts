import { shown } from '../policy/reading.ts';
import { readShell, type Shell } from './shells.ts';

/** Readers of a step's own values: what they stand for, or in words what stands there instead. */

export const CONDITIONS = ['success()', 'failure()', 'always()'] as const;
export type Condition = (typeof CONDITIONS)[number];

const LONGEST_NAME = 60;

/** As the runner names a step without a name. */
export function nameFrom(script: string): string {
  const line =
    script
      .split('\n')
      .find((one) => one.trim() !== '')
      ?.trim() ?? '';
  return `Run ${line.length > LONGEST_NAME ? `${line.slice(0, LONGEST_NAME)}…` : line}`;
}

export function textIn(value: unknown): { text: string } | string {
  if (typeof value === 'string' && value.trim() !== '' && !value.includes('\0'))
    return { text: value };
  return `is ${shown(value)}`;
}

export function idIn(value: unknown): { text: string } | string {
  return typeof value === 'string' && /^[A-Za-z_][\w-]{0,99}$/.test(value)
    ? { text: value }
    : `is ${shown(value)}`;
}

export function booleanIn(value: unknown): { value: boolean } | string {
  return typeof value === 'boolean' ? { value } : `is ${shown(value)}`;
}

export function shellIn(value: unknown): Shell | string {
  const read = readShell(value);
  return read.ok ? read.value : `cannot be used: ${read.message}`;
}

export function conditionIn(value: unknown): { condition: Condition } | string {
  const condition = CONDITIONS.find(
    (one) => one === (typeof value === 'string' ? value.trim() : value),
  );
  return condition === undefined ? `is ${shown(value)}` : { condition };
}

export function minutesIn(value: unknown): { minutes: number } | string {
  const good = typeof value === 'number' && Number.isFinite(value) && value > 0;
  return good ? { minutes: value } : `is ${shown(value)}`;
}
