import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { DelegatedScope, Facts, Identity, MemoryCgroup } from '../capabilities/facts.ts';
import { arrives, startInScope } from '../tools/scope.ts';
import { findMemoryCgroup } from './cgroup.ts';

/** Finds a memory controller for the run: in reach of ourselves, or else of a scope of the user's systemd. */
export async function findMemoryHold(
  tools: Facts['tools'],
  { uid }: Identity,
): Promise<MemoryCgroup | null> {
  const ours = findMemoryCgroup();
  if (ours !== null) return { ...ours, scope: null };
  const scope = scopeOf(tools, uid);
  if (scope === null) return null;
  const theirs = await fromWithin(scope, tools.cat.path ?? 'cat');
  return theirs === null ? null : { ...theirs, scope };
}

function scopeOf(tools: Facts['tools'], uid: number): DelegatedScope | null {
  const [systemdRun, env] = [tools['systemd-run'].path, tools.env.path];
  const runtime = `/run/user/${uid}`;
  // Where it is, the user's systemd is; nobody else can have made it there.
  const listens = existsSync(`${runtime}/systemd/private`);
  return systemdRun !== null && env !== null && listens ? { systemdRun, env, runtime } : null;
}

/** Has a scope made, looks from where a process in it stands, and ends it. */
async function fromWithin(
  scope: DelegatedScope,
  cat: string,
): Promise<ReturnType<typeof findMemoryCgroup>> {
  const { argv, environment } = startInScope(scope, [cat]);
  const [program = '', ...args] = argv;
  const child = spawn(program, args, { env: environment, stdio: ['pipe', 'ignore', 'ignore'] });
  const over = Promise.race([once(child, 'exit'), once(child, 'error')]);
  try {
    const { pid } = child;
    return pid !== undefined && (await arrives(pid, scope, cat)) ? findMemoryCgroup(pid) : null;
  } finally {
    child.kill('SIGKILL');
    await over.catch(() => undefined);
  }
}
