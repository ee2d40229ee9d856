import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ARCHITECTURES, isArch } from '../../src/seccomp/syscalls.ts';

const PR_SET_SECCOMP = 22;
const PR_SET_NO_NEW_PRIVS = 38;
const SECCOMP_MODE_FILTER = 2;

/** The words that run what follows them under a filter, as a container runtime does. */
export function underFilter(filter: Uint8Array): string[] {
  const file = join(mkdtempSync('/var/tmp/lab-filter-'), 'filter.bpf');
  writeFileSync(file, filter);
  if (!isArch(process.arch)) throw new Error(`no filter for ${process.arch}`);
  const prctl = ARCHITECTURES[process.arch].numbers.get('prctl');
  const code = [
    'open(my $file, "<:raw", shift) or die; local $/; my $filter = <$file>;',
    'my $program = pack("S x6 P", length($filter) / 8, $filter);',
    `syscall(${prctl}, ${PR_SET_NO_NEW_PRIVS}, 1, 0, 0, 0) == 0 or die "no_new_privs: $!";`,
    `syscall(${prctl}, ${PR_SET_SECCOMP}, ${SECCOMP_MODE_FILTER}, $program, 0, 0) == 0 or die "$!";`,
    'exec { $ARGV[0] } @ARGV or die "$!";',
  ];
  return ['perl', '-e', code.join('\n'), file];
}
