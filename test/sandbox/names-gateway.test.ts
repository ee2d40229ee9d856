import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { bare, bash, GREETING, PORTS, seal, sealInBackground } from '../lab/glovebox.ts';
import { hello, listening } from '../lab/internet.ts';
import { allowing } from './name-attacks.ts';

// The gateway is a process of the host's that listens on the host's loopback. Only what the kernel
// leads there arrives, and when it ends so does the network.

const ALLOWED = 'allowed.example.com';
const ENTRIES = [`${ALLOWED}:80`, { host: ALLOWED, port: PORTS.database, tls: 'off' }];

const running: ChildProcess[] = [];
afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
});

/** A directory that each step may write. */
function shared(): string {
  const directory = mkdtempSync('/var/tmp/lab-shared-');
  chmodSync(directory, 0o777);
  return directory;
}

const options = (directory: string): string[] =>
  allowing(ENTRIES, { 'on-blocked': 'ignore' }, { filesystem: { write: [directory] } });

/** Starts a step, and waits until it says that it is ready. */
async function begun(directory: string, script: string): Promise<ChildProcess> {
  const child = sealInBackground(options(directory), bash(script));
  running.push(child);
  let said = '';
  child.stdout?.on('data', (data: Buffer) => (said += String(data)));
  await expect.poll(() => said, { timeout: 20_000 }).toContain('ready');
  return child;
}

const FETCH = `curl --silent --max-time 5 http://${ALLOWED}/`;
const OPEN = `${FETCH} > /dev/null; getent ahostsv4 ${ALLOWED} > /dev/null; echo ready`;

/** Ports of the host's loopback on which a process listens for connections. */
function doorsOf(pid: number): number[] {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).map((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
      } catch {
        return undefined; // It was closed meanwhile.
      }
    }),
  );
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === '0A' && inodes.has(inode))
    .map(([, local = '']) => Number.parseInt(local.split(':')[1] ?? '', 16));
}

/** Calls each port at each address, and prints what is heard there. */
const calling = (addresses: readonly string[], ports: readonly number[]): string => `
  for address in ${addresses.join(' ')}; do for port in ${ports.join(' ')}; do
    (exec 3<>/dev/tcp/$address/$port && echo connected && timeout 1 head -c 20 <&3) 2> /dev/null
  done; done`;

describe("the gateway's own ports", () => {
  it('answer to nobody who calls them by number, nor to another sandbox', async () => {
    const directory = shared();
    const first = await begun(
      directory,
      `${OPEN}; while [ ! -e ${directory}/script ]; do sleep 0.1; done
      bash ${directory}/script > ${directory}/heard; sleep 30`,
    );
    const ports = doorsOf(first.pid ?? 0);
    // Two doors, and one for look-ups.
    expect(ports).toHaveLength(3);
    expect(bare(bash(calling(['127.0.0.1'], ports))).stdout).toContain(GREETING.slice(0, 20));

    const script = `${calling(['127.0.0.1', '10.0.2.2', '::ffff:10.0.2.2'], ports)}; echo over`;
    writeFileSync(join(directory, 'script.new'), script);
    const other = seal(options(directory), bash(`${OPEN}; ${script}`));
    expect(other.stdout).toBe('ready\nover\n');
    const refused = (other.report.egress?.blocked ?? []).filter(
      ({ address }) => address === '10.0.2.2',
    );
    expect(new Set(refused.map(({ port }) => port))).toEqual(new Set(ports));

    renameSync(join(directory, 'script.new'), join(directory, 'script'));
    const heard = (): string => readFileSync(join(directory, 'heard'), 'utf8');
    await expect.poll(heard, { timeout: 20_000 }).toBe('over\n');
  });
});

/** Processes that are not dead yet, by their number and their parent's. */
function living(): Map<number, number> {
  const found = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [state = '', parent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (state !== 'Z' && state !== 'X') found.set(Number(name), Number(parent));
    } catch {
      // It has ended.
    }
  }
  return found;
}

function under(root: number, all = living()): number[] {
  const children = [...all].filter(([, parent]) => parent === root).map(([pid]) => pid);
  return children.flatMap((pid) => [pid, ...under(pid, all)]);
}

describe('when the gateway is killed', () => {
  it('the network is cut, and nothing is left', async () => {
    const directory = shared();
    const supervisor = await begun(
      directory,
      `exec 3<>/dev/tcp/${ALLOWED}/${PORTS.database}; head -n 1 <&3
      ${OPEN}; while true; do ${FETCH} >> ${directory}/fetched; done`,
    );
    const pid = supervisor.pid ?? 0;
    const fetched = (): string => readFileSync(join(directory, 'fetched'), 'utf8');
    await expect.poll(fetched, { timeout: 20_000 }).toContain(hello(ALLOWED, 'none'));
    const doors = doorsOf(pid);
    const processes = under(pid);
    expect(doors).toHaveLength(3);
    expect(processes.length).toBeGreaterThan(3);

    supervisor.kill('SIGKILL');
    await once(supervisor, 'exit');
    await expect
      .poll(() => processes.filter((one) => living().has(one)), { timeout: 5000 })
      .toEqual([]);
    const heard = listening();
    const before = fetched();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(heard('request')).toEqual([]);
    expect(fetched()).toBe(before);
    expect(bare(bash(calling(['127.0.0.1'], doors))).stdout).toBe('');
  });
});
