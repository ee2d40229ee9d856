import { readFileSync, statSync } from 'node:fs';
import { within } from '../plan/mounts.ts';
import type { NestedMount } from '../plan/site.ts';

/** What is mounted in a directory, of mounts in mounts only the outer ones. */
export function nestedMounts(
  directory: string,
  table: string = readFileSync('/proc/self/mountinfo', 'utf8'),
): NestedMount[] {
  const targets = table
    .split('\n')
    .map((line) => unescaped(line.split(' ')[4] ?? ''))
    .filter((target) => target !== directory && within(target, directory));
  return [...new Set(targets)]
    .filter((target) => !targets.some((other) => other !== target && within(target, other)))
    .toSorted()
    .map((path) => ({ path, seen: canBeSeen(path) }));
}

/** The kernel writes blanks, line ends and backslashes as octal numbers. */
function unescaped(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

/** Not where it is another user's, or covered by another mount, or has a name that is no text. */
function canBeSeen(path: string): boolean {
  try {
    statSync(path);
    return true;
  } catch {
    return false;
  }
}
