import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { descendantsOf } from './process-tree.ts';

/** Looking takes milliseconds where the step has many processes; a step that dials a lot is looked at less. */
const MOST_LOOKS = 500;

/**
 * Tells which process of the step is connected to an address and port, by the kernel's own table of
 * the step's network. `namespacePid` is any process in that network, `stepRoot` an ancestor of the step's.
 */
export function processFinder(
  namespacePid: number,
  stepRoot: () => number | null,
): (address: string, port: number) => string | null {
  let looks = 0;
  return (address, port) => {
    const root = stepRoot();
    if (root === null || (looks += 1) > MOST_LOOKS) return null;
    // Those of tcp take milliseconds to read. Many runtimes reach IPv4 through IPv6 sockets.
    const tables = [...(address === '' ? ['udp', 'udp6'] : []), 'tcp', 'tcp6'];
    for (const table of tables) {
      const inodes = new Set(socketsTo(`/proc/${namespacePid}/net/${table}`, address, port));
      const owner = inodes.size === 0 ? null : ownerOf(inodes, root);
      if (owner !== null) return owner;
    }
    return null;
  };
}

/** Inodes of the sockets whose other end is there; an empty address stands for any. */
function socketsTo(table: string, address: string, port: number): string[] {
  const wanted = `${address === '' ? '' : hexOf(address)}:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return lines(table).flatMap((line) => {
    const [, , remote = '', , , , , , , inode = '0'] = line.trim().split(/\s+/);
    return remote.endsWith(wanted) && inode !== '0' ? [inode] : [];
  });
}

/** As /proc/net/tcp has it: the four bytes as a little-endian number; in tcp6 it ends with that. */
function hexOf(address: string): string {
  return address
    .split('.')
    .toReversed()
    .map((part) => Number(part).toString(16).toUpperCase().padStart(2, '0'))
    .join('');
}

function ownerOf(inodes: ReadonlySet<string>, root: number): string | null {
  for (const { pid } of descendantsOf(root)) {
    const holds = filesOf(pid).some((target) => {
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
      return inode !== undefined && inodes.has(inode);
    });
    if (holds) return nameOf(pid);
  }
  return null;
}

function filesOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`);
      } catch {
        return ''; // It was closed meanwhile.
      }
    });
  } catch {
    return []; // It is gone.
  }
}

function nameOf(pid: number): string | null {
  return lines(`/proc/${pid}/comm`)[0] ?? null;
}

function lines(path: string): string[] {
  try {
    return readFileSync(path, 'latin1').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}
