import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../base/errors.ts';
import type { Facts, ToolCommands } from '../capabilities/facts.ts';
import { planUplink } from '../plan/uplink.ts';
import type { Backend } from '../policy/types.ts';
import { execute } from '../tools/execute.ts';
import { openUplink, type UplinkRequest } from '../tools/uplink.ts';
import { attempt } from './attempt.ts';
import type { Needs } from './needs.ts';

type Uplinks = Pick<Facts['attempts'], Backend>;

export interface UplinkTrial {
  readonly tools: Facts['tools'];
  readonly needs: Needs;
  readonly scratchBase: string;
}

const NO_UPLINK: Uplinks = {
  slirp4netns: { tried: false },
  pasta: { tried: false },
  macvlan: { tried: false },
};

/** One after the other, because each takes the same name and addresses. */
export async function tryUplinks(
  { tools, needs, scratchBase }: UplinkTrial,
  rooms: Omit<UplinkRequest, 'plan' | 'directory'>,
): Promise<Uplinks> {
  const program = { slirp4netns: tools.slirp4netns, pasta: tools.pasta, macvlan: tools.ip };
  let found = NO_UPLINK;
  for (const backend of needs.egress) {
    if (backend === 'macvlan' && needs.interface === null) continue;
    const byRoot = rooms.shed?.byRoot ?? false;
    if (backend === 'pasta' && byRoot) continue;
    const plan = planUplink({
      ...{ backend, loopback: false, interface: needs.interface, byRoot },
      tools: { ...rooms.tools, slirp4netnsVersion: tools.slirp4netns.version },
    });
    const tried = await attempt(
      program[backend],
      async () =>
        (backend === 'macvlan' ? await downReason(rooms.tools, needs.interface) : null) ??
        (await tryUplink({ ...rooms, plan }, scratchBase)),
    );
    found = { ...found, [backend]: tried };
    if (tried.tried && tried.ok) break;
  }
  return found;
}

/** A link on an interface that is down would swallow everything without a word. */
async function downReason({ ip }: ToolCommands, name: string | null): Promise<string | null> {
  const { stdout } = await execute([ip, '-o', 'link', 'show', 'dev', name ?? '']);
  return / state (?:LOWERLAYER)?DOWN /.test(stdout) ? `${name} is down` : null;
}

async function tryUplink(
  request: Omit<UplinkRequest, 'directory'>,
  scratchBase: string,
): Promise<string | null> {
  const directory = await mkdtemp(join(scratchBase, 'glovebox-probe-'));
  try {
    await chmod(directory, 0o755);
    await (await openUplink({ ...request, directory })).close();
    return null;
  } catch (error) {
    return messageOf(error);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
