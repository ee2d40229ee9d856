import type { Entry } from './entries.ts';

const SETUID = 0o4000;
const SETGID = 0o2000;
const GROUP_MAY_RUN = 0o010;

/** `content`: all else is the same, so its bytes or its target decide. */
export type Judgement = 'created' | 'modified' | 'deleted' | 'same' | 'content';

/** What became of a place, from how it was and how it is. `given`: its owner was changed by us. */
export function judge(before: Entry | null, after: Entry | null, given: boolean): Judgement {
  if (before === null) return after === null ? 'same' : 'created';
  if (after === null) return 'deleted';
  if (before.kind !== after.kind) return 'modified';
  // The kernel has no permissions for it, but some file systems tell some.
  if (after.kind === 'symlink') return 'content';
  if (after.mode !== before.mode && !(given && after.mode === afterChown(before)))
    return 'modified';
  if (after.kind === 'file') return after.size === before.size ? 'content' : 'modified';
  return after.rdev === before.rdev ? 'same' : 'modified';
}

/** The kernel takes these bits from a file that is given to somebody else. */
function afterChown({ kind, mode }: Entry): number {
  if (kind !== 'file') return mode;
  return mode & ~SETUID & ~((mode & GROUP_MAY_RUN) === 0 ? 0 : SETGID);
}
