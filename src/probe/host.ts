import { arch, homedir, platform, release, userInfo } from 'node:os';
import type { Facts, HardLimits, Identity } from '../capabilities/facts.ts';
import { locateTools } from '../tools/programs.ts';
import type { Needs } from './needs.ts';
import type { Lower } from './overlay-attempts.ts';
import { readHints } from './hints.ts';
import { hostAddresses } from './host-addresses.ts';
import { readOrNull } from './read.ts';
import { findMemoryHold } from './scope.ts';
import { chooseScratchBase, onOverlay } from './scratch-base.ts';
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
  const tools = await locateTools(environment, lower === undefined ? [] : [lower.path]);
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
    memoryCgroup: needs.memoryCgroup ? await findMemoryHold(tools, identity) : null,
    hints,
    hardLimits: hardLimits(),
    hostAddresses: hostAddresses(),
    scratchBase,
    scratchOnOverlay: onOverlay(scratchBase),
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
