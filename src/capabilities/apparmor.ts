/** What must be able to make user namespaces: what builds the sandbox, and what opens the room around it. */
interface Confined {
  readonly bwrap: string;
  readonly unshare: string;
}

/** What AppArmor would read as a pattern, or as something else than a path. */
const PLAIN_PATH = /^\/[\w./+-]+$/;

/** Profiles for exactly these two programs, that allow user namespaces and confine nothing; null where a path is no plain one. */
export function profilesFor({ bwrap, unshare }: Confined): string | null {
  if (![bwrap, unshare].every((path) => PLAIN_PATH.test(path))) return null;
  return [
    'abi <abi/4.0>,',
    'include <tunables/global>',
    ...profile(bwrap),
    ...profile(unshare),
    '',
  ].join('\n');
}

/** Nobody else has profiles of such names, so none of theirs goes when ours do; and each program has its own. */
function profile(path: string): string[] {
  const name = `glovebox${path.replaceAll('/', '.')}`;
  return ['', `profile ${name} ${path} flags=(unconfined) {`, '  userns,', '}'];
}
