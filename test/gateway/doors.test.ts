import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Doors, makeDoors } from '../../src/gateway/doors.ts';
import { syntheticAddresses } from '../../src/gateway/synthetic.ts';
import type { Destination } from '../../src/gateway/types.ts';

const to = (host: string, ...ports: number[]): Destination[] =>
  ports.map((port) => ({ host, port, check: 'none', private: false }));

let doors: Doors | undefined;
afterEach(() => doors?.close());

/** Doors, with what the kernel's map of them would be: the dialled address and port, and the listener's. */
function opened({ mostListeners = 4, feed = async (): Promise<void> => {} } = {}) {
  const map = new Map<string, number>();
  const accepted: string[] = [];
  const clock = { ms: 0 };
  const take = async (transaction: string): Promise<void> => {
    await feed();
    const adds = transaction.startsWith('add');
    for (const [, address, port, listener] of transaction.matchAll(
      /([\d.]+) \. (\d+)(?: : [\d.]+ \. (\d+))?/g,
    )) {
      const key = `${address}:${port}`;
      if (adds === map.has(key)) throw new Error(`${key} is ${adds ? 'there' : 'not there'}`);
      if (adds) map.set(key, Number(listener));
      else map.delete(key);
    }
  };
  doors = makeDoors({
    addresses: syntheticAddresses(),
    feed: take,
    accept: (socket, { host, port }) => {
      accepted.push(`${host}:${port}`);
      socket.on('error', () => undefined);
    },
    now: () => clock.ms,
    mostListeners,
  });
  return { doors, map, accepted, clock };
}

async function dial(port: number): Promise<() => void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return () => socket.destroy();
}

describe('doors', () => {
  it('lead each port of a name to a listener of its own', async () => {
    const { doors: made, map, accepted } = opened();
    const address = await made.open(to('a', 80, 443));
    expect([...map.keys()]).toEqual([`${address}:80`, `${address}:443`]);
    const hangUp = await Promise.all([...map.values()].map(dial));
    for (const one of hangUp) one();
    expect(accepted.toSorted()).toEqual(['a:443', 'a:80']);
  });

  it('are opened once, however often and by how many they are asked for', async () => {
    const { doors: made, map } = opened();
    const asked = await Promise.all([1, 2, 3].map(async () => await made.open(to('a', 80))));
    expect(new Set([...asked, await made.open(to('a', 80))]).size).toBe(1);
    expect(map.size).toBe(1);
  });

  it('are not opened past the bound, but for names that nobody asked for lately', async () => {
    const { doors: made, map, clock } = opened({ mostListeners: 2 });
    await made.open(to('old', 80));
    clock.ms = 30_000;
    const kept = await made.open(to('kept', 80));
    expect(await made.open(to('new', 80))).toBeNull();
    clock.ms = 61_000;
    const made3 = await made.open(to('new', 80));
    expect([...map.keys()]).toEqual([`${kept}:80`, `${made3}:80`]);
  });

  it('of names that are asked for again stay', async () => {
    const { doors: made, map, clock } = opened({ mostListeners: 2 });
    const first = await made.open(to('first', 80));
    await made.open(to('second', 80));
    clock.ms = 30_000;
    await made.open(to('first', 80));
    clock.ms = 61_000;
    const third = await made.open(to('third', 80));
    expect([...map.keys()]).toEqual([`${first}:80`, `${third}:80`]);
  });

  it('in use stay', async () => {
    const { doors: made, map, accepted, clock } = opened({ mostListeners: 1 });
    await made.open(to('a', 80));
    const hangUp = await dial([...map.values()][0] ?? 0);
    await expect.poll(() => accepted).toEqual(['a:80']);
    clock.ms = 61_000;
    expect(await made.open(to('b', 80))).toBeNull();
    hangUp();
  });

  it('never are more than the bound, whoever asks at the same time', async () => {
    const { doors: made, map, clock } = opened({ mostListeners: 3 });
    for (let round = 0; round < 5; round += 1) {
      const names = Array.from({ length: 8 }, (_, index) => to(`n${round}.${index}`, 80));
      await Promise.all(names.map(async (name) => await made.open(name)));
      expect(map.size).toBe(3);
      clock.ms += 61_000;
    }
  });

  it('that cannot be opened take no room', async () => {
    const state = { broken: true };
    const { doors: made, map } = opened({
      mostListeners: 2,
      feed: async () => {
        if (state.broken) throw new Error('no');
      },
    });
    expect(await made.open(to('a', 1, 2))).toBeNull();
    state.broken = false;
    expect(await made.open(to('b', 1, 2))).toBe('198.18.0.17');
    expect(map.size).toBe(2);
  });
});
