/** What AppArmor would read as a pattern, or as something else than a path. */
const PLAIN_PATH = /^\/[\w./+-]+$/;

/**
 * A profile for exactly the unshare that opens the room, which allows user namespaces and confines
 * nothing; null where the path is no plain one. Bubblewrap needs none: it builds in that room, with
 * the room's capabilities, and a second profile for it would put the system's own out of force. Nobody
 * else has a profile of this name, so none of theirs goes when ours does.
 */
export function profileFor(unshare: string): string | null {
  if (!PLAIN_PATH.test(unshare)) return null;
  return [
    'abi <abi/4.0>,',
    'include <tunables/global>',
    '',
    `profile glovebox-unshare ${unshare} flags=(unconfined) {`,
    '  userns,',
    '}',
    '',
  ].join('\n');
}
