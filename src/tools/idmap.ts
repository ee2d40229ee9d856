import { writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { ToolCommands } from '../capabilities/facts.ts';
import { messageOf } from '../base/errors.ts';
import { execute } from './execute.ts';
import { openUserNamespace, type Room } from './room.ts';

/** A bind on which files have other owners than on the disk. */
export interface MappedBind {
  readonly from: string;
  readonly to: string;
  /** mount's option; see `idmapOption`. */
  readonly option: string;
  /** Whose the top is then to be. */
  readonly uid: number;
}

/** Makes it, in a room of root's; under it may lie one without these owners. Returns what was complained of; null when it is there. */
export async function bindMapped(
  room: Room,
  tools: ToolCommands,
  bind: MappedBind,
): Promise<string | null> {
  const { from, to, option, uid } = bind;
  const complaint = await complaintOf(
    room.enter([tools.mount, '--bind', '-o', option, '--', from, to]),
  );
  if (complaint !== null) return complaint;
  // An old mount takes no notice of the option.
  const made = await stat(`/proc/${room.pid}/root${to}`);
  if (made.uid === uid) return null;
  return await bindByCalls(room, tools, bind);
}

/**
 * What mount does from util-linux 2.39 on. Perl is on every Debian and Ubuntu, and has a word for calls that
 * nobody has wrapped yet: open_tree, mount_setattr and move_mount have these numbers on every architecture.
 */
const MAPPED_BIND = `
  my ($owners, $from, $to) = @ARGV;
  my $none = "";
  open my $map, "<", $owners or die "$owners: $!\\n";
  my $tree = syscall 428, -100, $from, 0x80001;
  $tree >= 0 or die "open_tree: $!\\n";
  my $attributes = pack "Q4", 0x100000, 0, 0, fileno $map;
  syscall(442, $tree, $none, 0x1000, $attributes, length $attributes) == 0 or die "mount_setattr: $!\\n";
  syscall(429, $tree, $none, -100, $to, 4) == 0 or die "move_mount: $!\\n";
`;

async function bindByCalls(
  room: Room,
  tools: ToolCommands,
  { from, to, option }: MappedBind,
): Promise<string | null> {
  let owners: Room | null = null;
  try {
    owners = await openUserNamespace(tools);
    const extents = option.replace(/^.*=/, '').split(' ');
    for (const kind of ['u', 'g'] as const)
      writeFileSync(`/proc/${owners.pid}/${kind}id_map`, mapOf(extents, kind));
    const argv = [tools.perl, '-e', MAPPED_BIND, '--', `/proc/${owners.pid}/ns/user`, from, to];
    const complaint = await complaintOf(room.enter(argv));
    return complaint === null ? null : `mount does not know X-mount.idmap, and ${complaint}`;
  } catch (error) {
    return `mount does not know X-mount.idmap, and ${messageOf(error)}`;
  } finally {
    await owners?.close();
  }
}

function mapOf(extents: readonly string[], kind: 'u' | 'g'): string {
  return extents
    .filter((extent) => extent.startsWith(`${kind}:`))
    .map((extent) => `${extent.slice(2).replaceAll(':', ' ')}\n`)
    .join('');
}

async function complaintOf(argv: readonly string[]): Promise<string | null> {
  const { code, stderr } = await execute(argv);
  return code === 0 ? null : stderr.trim() || `exit code ${code}`;
}
