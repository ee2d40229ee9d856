import { chmodSync, copyFileSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { bash, PERSONA } from './glovebox.ts';

const ROOT = PERSONA === 'root';

/** Once it is hidden, `unshare` has to come from somewhere else. */
const UNSHARE = join(mkdtempSync('/var/tmp/lab-unshare-'), 'unshare');
copyFileSync('/usr/bin/unshare', UNSHARE);
chmodSync(join(UNSHARE, '..'), 0o755);
chmodSync(UNSHARE, 0o755);

/** Runs what follows in mounts of its own, on which the script works first; the same user as before. */
export function withMounts(script: string): string[] {
  const { uid, gid } = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const back = ROOT ? '' : `${UNSHARE} --user --map-user=${uid} --map-group=${gid} --`;
  return [
    ...[UNSHARE, ...(ROOT ? [] : ['--user', '--map-root-user'])],
    ...['--mount', '--propagation', 'private', '--'],
    ...bash(`set -e\n${script}\nexec ${back} "$@"`),
    'bash',
  ];
}

/** Where root can give the workspace to its step in one mount, and where each file has to be given. */
export const GIVING: readonly (readonly [string, readonly string[]])[] = [
  ['', []],
  ...(ROOT
    ? [
        [
          ', its files given one by one',
          withMounts('mount --bind /dev/null /usr/bin/perl'),
        ] as const,
      ]
    : []),
];
