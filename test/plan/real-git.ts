import { spawnSync } from 'node:child_process';

/** What the real git makes of a configuration, `name\nvalue` for each setting; null where it refuses. */
export function asGitReads(text: string): string[] | null {
  const { status, stdout } = spawnSync('git', ['config', '--file', '-', '--list', '--null'], {
    input: text,
    encoding: 'utf8',
  });
  return status === 0 ? stdout.split('\0').slice(0, -1) : null;
}
