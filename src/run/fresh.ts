import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { GloveboxError } from '../base/errors.ts';
import type { Plan } from '../plan/types.ts';
import { execute } from '../tools/execute.ts';
import type { Room } from '../tools/room.ts';

/** In the anteroom, before anything of the step's runs: temporary file systems that are the step's. */
export async function mountFresh({ filesystem, identity, tools }: Plan, room: Room): Promise<void> {
  const { uid, gid } = identity;
  for (const { source, mode, directories } of filesystem.fresh) {
    mkdirSync(source, { recursive: true });
    const options = `nosuid,nodev,uid=${uid},gid=${gid},mode=${mode}`;
    const argv = [tools.mount, '-t', 'tmpfs', '-o', options, 'tmpfs', source];
    const { code, stderr } = await execute(room.enter(argv));
    if (code !== 0)
      throw new GloveboxError('setup-failed', `mounting ${source} failed: ${stderr.trim()}`);
    for (const name of directories) {
      const path = join(`/proc/${room.pid}/root${source}`, name);
      mkdirSync(path, { mode: 0o755 });
      chownSync(path, uid, gid);
    }
  }
}
