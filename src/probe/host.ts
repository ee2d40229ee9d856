import {
  readdirSync,
  readFileSync,
  accessSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  realpathSync,
  statfsSync,
} from 'node:fs';
import { arch, homedir, platform, release, tmpdir, userInfo } from 'node:os';
import type { Facts, HardLimits, Hints, Identity } from '../capabilities/facts.ts';
import { within } from '../plan/mounts.ts';
import { opensToAll } from '../tools/ownership.ts';
import { locateTools } from '../tools/programs.ts';
import type { Needs } from './attempts.ts';
import { findMemoryCgroup } from './cgroup.ts';
import type { Lower } from './overlay-attempts.ts';
import { hostAddresses } from './host-addresses.ts';
import { tryEverything } from './ways.ts';

export interface ProbeRequest {
  readonly needs: Needs;
  readonly environment: Readonly<Record<string, string>>;
  /** Places that the step may write, where our own files must not lie. */
  readonly writable: readonly string[];
  /** The ids a root supervisor will shed to, null to keep its own. */
  readonly shed: (identity: Identity) => { readonly uid: number; readonly gid: number } | null;
  /** Where our own files are to lie; null: chosen here. */
  readonly scratchBase: string | null;
  /** The workspace, where there is one. */
  readonly lower?: Lower;
}

/** Finds out what this host can do, by doing it. Reads and tries only; leaves nothing behind. */
export async function probeHost({
  needs,
  environment,
  writable,
  shed,
  scratchBase: given,
  lower,
}: ProbeRequest): Promise<Facts> {
  const tools = await locateTools(environment);
  const identity = identify(environment);
  const hints = readHints(environment);
  const scratchBase = given ?? chooseScratchBase(environment, writable);
  const wanted = shed(identity);
  const ids = wanted !== null && canShed(wanted, identity, tools) ? wanted : null;
  const attempts = await tryEverything({
    ...{ tools, needs, shed: ids, scratchBase },
    ...{ lower: lower ?? null, highestId: identity.maxUid },
  });
  return {
    host: { platform: platform(), arch: arch(), kernel: release(), node: process.version },
    identity,
    tools,
    attempts,
    memoryCgroup: needs.memoryCgroup ? findMemoryCgroup() : null,
    hints,
    hardLimits: hardLimits(),
    hostAddresses: hostAddresses(),
    scratchBase,
  };
}

/** Probes for the first of several runs on one machine, and remembers what the others would find again. */
export function probeOnce(): typeof probeHost {
  const known = new Map<string, Promise<Facts>>();
  return async (request) => {
    const { needs, environment, writable, shed, scratchBase, lower } = request;
    const key = JSON.stringify([
      ...[
        needs,
        environment['PATH'],
        environment['RUNNER_TOOL_CACHE'],
        writable,
        shed(identify(environment)),
        scratchBase,
        lower,
      ],
    ]);
    const facts = known.get(key) ?? probeHost(request);
    known.set(key, facts);
    return await facts;
  };
}

/** Where it cannot, the plan keeps its own ids too, and says so; everything else is to be had all the same. */
function canShed(
  { uid, gid }: { readonly uid: number; readonly gid: number },
  { maxUid }: Identity,
  { setpriv }: Facts['tools'],
): boolean {
  return setpriv.path !== null && uid <= maxUid && gid <= maxUid;
}

/** Who we are. `uid_map` tells root from somebody who is uid 0 in a user namespace only. */
export function identify(environment: Readonly<Record<string, string>>): Identity {
  const uid = process.getuid?.() ?? -1;
  const gid = process.getgid?.() ?? -1;
  const map = uidMap();
  const [, outside] = map.find(([inside]) => inside === 0) ?? [0, -1];
  return {
    uid,
    gid,
    realRoot: uid === 0 && outside === 0,
    userName: userName(),
    home: homedir(),
    maxUid: Math.max(-1, ...map.map(([inside, , count]) => inside + count - 1)),
    sudoUid: idFrom(environment['SUDO_UID']),
    sudoGid: idFrom(environment['SUDO_GID']),
  };
}

function uidMap(): [inside: number, outside: number, count: number][] {
  const text = readOrNull('/proc/self/uid_map') ?? '';
  return text
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter((fields) => fields.length === 3)
    .map(([inside = -1, outside = -1, count = 0]) => [inside, outside, count]);
}

function userName(): string | null {
  try {
    return userInfo().username;
  } catch {
    return null; // No entry in the user database, as in many containers.
  }
}

function idFrom(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}

export function readHints(environment: Readonly<Record<string, string>>): Hints {
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
    procCovered: / \/proc\/\S+ /.test(readOrNull('/proc/self/mountinfo') ?? ''),
    apparmorProfile: apparmorProfile(),
    flavour: flavourOf({
      version: readOrNull('/proc/version') ?? '',
      init: (readOrNull('/proc/1/comm') ?? '').trim(),
      hosted: environment['RUNNER_ENVIRONMENT'] === 'github-hosted',
      docker: existsSync('/.dockerenv'),
    }),
    systemdUser: existsSync(`/run/user/${process.getuid?.() ?? -1}/systemd/private`),
  };
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
  const status = readOrNull('/proc/self/status') ?? '';
  const field = (name: string): number | null => {
    const value = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1];
    return value === undefined ? null : Number(value);
  };
  return { seccompMode: field('Seccomp'), seccompFilters: field('Seccomp_filters') };
}

/** `docker-default (enforce)`, `unconfined`, or nothing where there is no AppArmor. */
function apparmorProfile(): string | null {
  const text = readOrNull('/proc/self/attr/apparmor/current')?.trim() ?? '';
  return text === '' || text.startsWith('unconfined') ? null : text.replace(/ \(\w+\)$/, '');
}

function opens(path: string): boolean {
  try {
    closeSync(openSync(path, 'r+'));
    return true;
  } catch {
    return false;
  }
}

function hardLimits(): HardLimits {
  const text = readOrNull('/proc/self/limits') ?? '';
  const hard = (label: string): number | null => {
    const value = new RegExp(`^${label}\\s+\\S+\\s+(\\d+)`, 'm').exec(text)?.[1];
    return value === undefined ? null : Number(value);
  };
  return {
    processes: hard('Max processes'),
    openFiles: hard('Max open files'),
    fileSize: hard('Max file size'),
    cpuTime: hard('Max cpu time'),
  };
}

/** On disk if possible, because /tmp is often memory; and without characters that overlayfs would read. */
export function chooseScratchBase(
  environment: Readonly<Record<string, string>>,
  writable: readonly string[],
): string {
  const usable = [environment['TMPDIR'], '/var/tmp', tmpdir(), '/tmp'].filter(
    (path): path is string =>
      path !== undefined &&
      /^\/[\w./-]+$/.test(path) &&
      isWritable(path) &&
      // A root supervisor's step, which is somebody else, must get through to what lies there.
      (process.getuid?.() !== 0 || opensToAll(path)) &&
      !writable.some((place) => within(realpathSync(path), place)),
  );
  return usable.find((path) => mayHoldLayers(statfsSync(path).type)) ?? usable[0] ?? '/tmp';
}

/** File systems by their magic numbers on which no overlay can write: NFS, SMB, 9P, FUSE, FAT. */
const LAYERLESS = new Set([
  ...[0x6969, 0x51_7b, 0xff_53_4d_42, 0xfe_53_4d_42, 0x01_02_19_97, 0x65_73_55_46, 0x4d_44],
]);

export function mayHoldLayers(type: number): boolean {
  return !LAYERLESS.has(type);
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    readdirSync(path);
    return true;
  } catch {
    return false;
  }
}

function numberIn(path: string): number | null {
  const text = readOrNull(path)?.trim();
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : null;
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
