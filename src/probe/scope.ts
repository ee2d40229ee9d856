import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DelegatedScope, Facts, Identity, MemoryCgroup } from '../capabilities/facts.ts';
import { arrives, startInScope } from '../tools/scope.ts';
import { findMemoryCgroup } from './cgroup.ts';
import { readOrNull } from './read.ts';

/** Finds a memory controller for the run: in reach of ourselves, or else of a scope of the user's systemd. */
export async function findMemoryHold(
  tools: Facts['tools'],
  { uid }: Identity,
): Promise<MemoryCgroup | null> {
  const ours = findMemoryCgroup();
  if (ours !== null) return { ...ours, scope: null };
  for (const literally of LITERALLY) {
    const scope = scopeOf(tools, uid, literally);
    const seen = scope === null ? null : await fromWithin(scope, tools.cat.path ?? 'cat');
    if (scope === null || seen === null) return null;
    if (seen !== 'refused') return { ...seen, scope };
  }
  return null;
}

/**
 * Newer ones put their own variables into the command unless they are told not to, as systemd 259 does.
 * Before 254 none does, and none knows the option.
 */
const LITERALLY: readonly (readonly string[])[] = [['--expand-environment=no'], []];
/** An argument that would not stay as it is. cat gets to it only after its input has ended. */
const CANARY = '${GLOVEBOX}';
const SETTLES_WITHIN_MS = 1000;
const LOOKS_EVERY_MS = 2;

function scopeOf(
  tools: Facts['tools'],
  uid: number,
  literally: readonly string[],
): DelegatedScope | null {
  const [systemdRun, env] = [tools['systemd-run'].path, tools.env.path];
  const runtime = `/run/user/${uid}`;
  // Where it is, the user's systemd is; nobody else can have made it there.
  const listens = existsSync(`${runtime}/systemd/private`);
  return systemdRun !== null && env !== null && listens
    ? { systemdRun, literally, env, runtime }
    : null;
}

/** Has a scope made, looks from where a process in it stands, and ends it. */
async function fromWithin(
  scope: DelegatedScope,
  cat: string,
): Promise<ReturnType<typeof findMemoryCgroup> | 'refused'> {
  const { argv, environment } = startInScope(scope, [cat, '-', CANARY]);
  const [program = '', ...args] = argv;
  const child = spawn(program, args, { env: environment, stdio: ['pipe', 'ignore', 'ignore'] });
  const over = once(child, 'exit').catch(() => undefined);
  try {
    const { pid } = child;
    if (pid === undefined) return null;
    const came = await arrives(pid, scope, cat);
    if (came !== 'arrived') return came === 'ended' ? 'refused' : null;
    return (await wordsOf(pid)).includes(CANARY) ? findMemoryCgroup(pid) : 'refused';
  } finally {
    child.kill('SIGKILL');
    await over;
  }
}

/** A process's command line: for a moment after it became another program there is none yet. */
async function wordsOf(pid: number): Promise<readonly string[]> {
  const until = performance.now() + SETTLES_WITHIN_MS;
  let line = '';
  while (line === '' && performance.now() < until) {
    line = readOrNull(`/proc/${pid}/cmdline`) ?? '';
    if (line === '') await sleep(LOOKS_EVERY_MS);
  }
  return line.split('\0');
}
