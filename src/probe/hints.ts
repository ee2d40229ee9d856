import { closeSync, existsSync, openSync } from 'node:fs';
import type { Hints } from '../capabilities/facts.ts';
import { readOrNull } from './read.ts';

/** What may explain a trial that failed. */
export function readHints(environment: Readonly<Record<string, string>>): Hints {
  const mountinfo = readOrNull('/proc/self/mountinfo') ?? '';
  return {
    maxUserNamespaces: numberIn('/proc/sys/user/max_user_namespaces'),
    usernsClone: numberIn('/proc/sys/kernel/unprivileged_userns_clone'),
    apparmorRestrictsUserns: numberIn('/proc/sys/kernel/apparmor_restrict_unprivileged_userns'),
    tunExists: existsSync('/dev/net/tun'),
    tunOpens: opens('/dev/net/tun'),
    ...ownSeccomp(),
    inContainer:
      existsSync('/.dockerenv') ||
      existsSync('/run/.containerenv') ||
      environment['KUBERNETES_SERVICE_HOST'] !== undefined,
    capabilitiesMissing: capabilitiesMissing(),
    chrooted: isChroot(mountinfo),
    procCovered: coversProc(mountinfo),
    apparmorProfile: confinedBy(readOrNull('/proc/self/attr/apparmor/current')?.trim() ?? ''),
    flavour: flavourOf({
      version: readOrNull('/proc/version') ?? '',
      init: (readOrNull('/proc/1/comm') ?? '').trim(),
      hosted: environment['RUNNER_ENVIRONMENT'] === 'github-hosted',
      docker: existsSync('/.dockerenv'),
    }),
  };
}

/** Whether our root is no mount, as in a plain chroot; one that is a mount itself looks like none. Exported for tests. */
export function isChroot(mountinfo: string): boolean {
  return mountinfo !== '' && !/^\d+ \d+ \S+ \S+ \/ /m.test(mountinfo);
}

/**
 * Whether something is mounted over what /proc has, as containers do. Two directories of it are there to
 * be mounted on, and the kernel minds those no more than we. Exported for tests.
 */
export function coversProc(mountinfo: string): boolean {
  return / \/proc\/(?!(?:sys\/fs\/binfmt_misc|fs\/nfsd) )\S+ /.test(mountinfo);
}

/** gVisor tells the version and the build date of a Linux that it never was. */
const GVISOR = /^Linux version 4\.4\.0 .*Sun Jan 10 15:06:54 PST 2016/;

/** What kind of Linux it says it is; null for an ordinary one. Exported for tests. */
export function flavourOf({
  version,
  init,
  hosted,
  docker,
}: {
  readonly version: string;
  readonly init: string;
  readonly hosted: boolean;
  readonly docker: boolean;
}): Hints['flavour'] {
  if (GVISOR.test(version)) return 'gvisor';
  if (/microsoft-standard|wsl2/i.test(version)) return 'wsl2';
  if (/-microsoft/i.test(version)) return 'wsl1';
  return hosted && !docker && init !== '' && init !== 'systemd' ? 'slim' : null;
}

function ownSeccomp(): Pick<Hints, 'seccompMode' | 'seccompFilters'> {
  const field = (name: string): number | null => {
    const value = ownStatus(name);
    return value === undefined ? null : Number(value);
  };
  return { seccompMode: field('Seccomp'), seccompFilters: field('Seccomp_filters') };
}

/** With these root prepares what only it may, becomes somebody else, and looks into that one's sandbox. */
const NEEDED_BY_ROOT = {
  ...{ CHOWN: 0n, DAC_OVERRIDE: 1n, FOWNER: 3n, KILL: 5n, SETGID: 6n, SETUID: 7n },
  ...{ SYS_CHROOT: 18n, SYS_PTRACE: 19n, SYS_ADMIN: 21n },
};

function capabilitiesMissing(): string[] {
  const held = BigInt(`0x${ownStatus('CapEff') ?? '0'}`);
  return Object.entries(NEEDED_BY_ROOT)
    .filter(([, bit]) => ((held >> bit) & 1n) === 0n)
    .map(([name]) => name);
}

function ownStatus(name: string): string | undefined {
  const status = readOrNull('/proc/self/status') ?? '';
  return new RegExp(`^${name}:\\s+([\\da-f]+)`, 'm').exec(status)?.[1];
}

/** Exported for tests. `docker-default (enforce)`, `unconfined`, or nothing where there is no AppArmor; `crun (unconfined)` confines nothing. */
export function confinedBy(text: string): string | null {
  return text === '' || /^unconfined|\(unconfined\)$/.test(text)
    ? null
    : text.replace(/ \(\w+\)$/, '');
}

function opens(path: string): boolean {
  try {
    closeSync(openSync(path, 'r+'));
    return true;
  } catch {
    return false;
  }
}

function numberIn(path: string): number | null {
  const text = readOrNull(path)?.trim();
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : null;
}
