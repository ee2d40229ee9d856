import { accept, printable, refuse, shown, type Reading } from './reading.ts';
import { suggestion } from './suggestion.ts';
import type { ProfileChoice, ProfileName } from './types.ts';

/** From the strictest. */
export const PROFILE_NAMES: readonly ProfileName[] = ['strict', 'default', 'off'];
export const SYSCALL_PATTERN = '^[a-z_][a-z0-9_]{0,63}$';

const SYSCALL = new RegExp(SYSCALL_PATTERN);

/** One of the profiles that Glovebox has, or the path of one: something with a `/`, or that ends in `.json`. */
export function readProfile(raw: unknown): Reading<ProfileChoice> {
  const text = typeof raw === 'string' ? raw : '';
  const name = PROFILE_NAMES.find((known) => known === text);
  if (name !== undefined) return accept(name);
  if (/\/|\.json$/.test(text) && !text.endsWith('/') && !text.includes('\0'))
    return accept({ path: text, content: null });
  const guess = suggestion(text, PROFILE_NAMES);
  return refuse(
    `${shown(raw)} is no profile`,
    `one of ${PROFILE_NAMES.join(', ')}, or a file such as ./profile.json${guess === null ? '' : ` (did you mean \`${guess}\`?)`}`,
  );
}

/** Whether there is such a system call is known only where the tables are. */
export function readSyscallName(raw: unknown): Reading<string> {
  return typeof raw === 'string' && SYSCALL.test(raw)
    ? accept(raw)
    : refuse(`${shown(raw)} is not the name of a system call`, 'a name like `ptrace`');
}

/** A profile as people name it, fit for one line. */
export function profileText(profile: ProfileChoice): string {
  return typeof profile === 'string' ? profile : printable(profile.path);
}
