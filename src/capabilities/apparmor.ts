/** What must be able to make user namespaces: what builds the sandbox, and what opens the room around it. */
interface Confined {
  readonly bwrap: string;
  readonly unshare: string;
}

/** What AppArmor would read as a pattern, or as something else than a path. */
const PLAIN_PATH = /^\/[\w./+-]+$/;

/** Nobody else has profiles of these names, so none of theirs goes when ours do. */
const PROFILES = { bwrap: 'glovebox-bwrap', unshare: 'glovebox-unshare' } as const;

/** Profiles for exactly these two programs, that allow user namespaces and confine nothing; null where a path is no plain one. */
export function profilesFor({ bwrap, unshare }: Confined): string | null {
  if (![bwrap, unshare].every((path) => PLAIN_PATH.test(path))) return null;
  return [
    'abi <abi/4.0>,',
    'include <tunables/global>',
    ...profile(PROFILES.bwrap, bwrap),
    ...profile(PROFILES.unshare, unshare),
    '',
  ].join('\n');
}

function profile(name: string, path: string): string[] {
  return ['', `profile ${name} ${path} flags=(unconfined) {`, '  userns,', '}'];
}
