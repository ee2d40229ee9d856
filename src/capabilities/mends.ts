import { profileFor } from './apparmor.ts';
import { type Capability, lacksOf } from './capability.ts';
import type { Facts } from './facts.ts';

/** A program that root runs, found by its name; never a shell. */
export interface RootCommand {
  readonly argv: readonly string[];
  readonly stdin?: string;
}

/** What root can change about a machine, so that more of a policy can be enforced. */
export interface Mend {
  readonly kind: 'apparmor-profile' | 'apparmor-sysctl' | 'sysctl' | 'tun' | 'module';
  /** Such as `open /dev/net/tun to this user`. */
  readonly aim: string;
  /** Run in this order; the first that succeeds is enough where `anyOf` is true. */
  readonly commands: readonly RootCommand[];
  readonly anyOf?: true;
}

const APPARMOR_SYSCTL = 'kernel.apparmor_restrict_unprivileged_userns';

const MODULES: Readonly<Record<string, readonly string[]>> = {
  'tun-missing': ['tun'],
  'nft-unsupported': ['nf_tables', 'nft_reject_inet'],
  'nat-unsupported': ['nft_nat', 'nf_nat', 'nft_chain_nat'],
  'overlay-unsupported': ['overlay'],
  'macvlan-unsupported': ['macvlan'],
};

/** Settings of the kernel: left alone, changed where nothing else helps, or the first choice. */
export type SysctlUse = 'never' | 'if-needed' | 'preferred';

/** What mends these verdicts, each thing once. */
export function mendsFor(
  verdicts: readonly Capability[],
  facts: Facts,
  { sysctl }: { readonly sysctl: SysctlUse },
): Mend[] {
  const codes = new Set(verdicts.flatMap(lacksOf).map(({ code }) => code));
  return [...codes].flatMap((code) => mendOf(code, facts, sysctl) ?? []);
}

function mendOf(code: string, facts: Facts, sysctl: SysctlUse): Mend | null {
  switch (code) {
    case 'userns-apparmor':
      return sysctl === 'preferred' ? openToAll() : loadProfile(facts);
    case 'userns-disabled':
      return sysctl === 'never' ? null : allowNamespaces(facts);
    case 'tun-closed':
      return openTun(facts.identity.uid);
    default:
      return loadModules(MODULES[code]);
  }
}

function openToAll(): Mend {
  return {
    kind: 'apparmor-sysctl',
    aim: 'let every program use user namespaces',
    commands: [{ argv: ['sysctl', '-w', `${APPARMOR_SYSCTL}=0`] }],
  };
}

function loadProfile({ tools }: Facts): Mend | null {
  const { path } = tools.unshare;
  const stdin = path === null ? null : profileFor(path);
  if (stdin === null) return null;
  return {
    kind: 'apparmor-profile',
    aim: `let ${path} use user namespaces, by an AppArmor profile`,
    commands: [{ argv: ['apparmor_parser', '--replace', '--skip-cache'], stdin }],
  };
}

function allowNamespaces({ hints }: Facts): Mend {
  const [name, value] =
    hints.maxUserNamespaces === 0
      ? ['user.max_user_namespaces', '15000']
      : ['kernel.unprivileged_userns_clone', '1'];
  return {
    kind: 'sysctl',
    aim: 'let users have user namespaces',
    commands: [{ argv: ['sysctl', '-w', `${name}=${value}`] }],
  };
}

/** An entry for one user more where the file system can, or else the device is the user's. */
function openTun(uid: number): Mend {
  return {
    kind: 'tun',
    aim: 'open /dev/net/tun to this user alone',
    commands: [
      { argv: ['setfacl', '--modify', `user:${uid}:rw`, '/dev/net/tun'] },
      { argv: ['chown', String(uid), '/dev/net/tun'] },
    ],
    anyOf: true,
  };
}

function loadModules(names: readonly string[] | undefined): Mend | null {
  if (names === undefined) return null;
  return {
    kind: 'module',
    aim: `load the kernel's ${names.join(', ')}`,
    commands: [{ argv: ['modprobe', '--all', ...names] }],
  };
}

/** What is to be taken back later: a word, and no command that somebody could put in its place. */
export function undoWord(mends: readonly Mend[], { tools }: Facts): string {
  const kinds = mends.map(({ kind }) => kind);
  if (kinds.includes('apparmor-sysctl')) return 'sysctl';
  return kinds.includes('apparmor-profile') ? `profile ${tools.unshare.path}` : '';
}

/** What takes it back; null for a word that says nothing. */
export function undoOf(word: string): RootCommand | null {
  if (word === 'sysctl') return { argv: ['sysctl', '-w', `${APPARMOR_SYSCTL}=1`] };
  const [kind, unshare = '', ...rest] = word.split(' ');
  const stdin = kind === 'profile' && rest.length === 0 ? profileFor(unshare) : null;
  return stdin === null ? null : { argv: ['apparmor_parser', '--remove'], stdin };
}
