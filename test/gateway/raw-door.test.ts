import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { rawDoor } from '../../src/gateway/raw-door.ts';
import type { RefusalCode } from '../../src/gateway/types.ts';
import { call, dial, leadTo, listen, openDoor, promised, readAll } from './net.ts';

const MIB = 1024 * 1024;
const echo = (socket: Socket): void => {
  socket.pipe(socket);
};

describe('a joined connection', () => {
  it('carries bytes both ways and counts them', async () => {
    const { port: upstream } = await listen(echo);
    const { port, ledger } = await openDoor(rawDoor(), leadTo(upstream));
    const client = await dial(port);
    const sent = Buffer.alloc(3 * MIB, 'abcdefg');
    const got = readAll(client);
    client.end(sent);
    expect(sent.equals((await got) as Buffer)).toBe(true);
    await vi.waitFor(() => expect(ledger.bytes).toEqual({ up: sent.length, down: sent.length }));
    expect(ledger.events).toEqual(['opened']);
  });

  it('hands on what the server says first', async () => {
    const { port: upstream } = await listen((socket) => socket.write('220 hello\r\n'));
    const { port } = await openDoor(rawDoor(), leadTo(upstream));
    const [greeting] = (await once(await dial(port), 'data')) as [Buffer];
    expect(String(greeting)).toBe('220 hello\r\n');
  });

  it('goes on downwards when the client has ended', async () => {
    const { port: upstream } = await listen((socket) => {
      void readAll(socket).then((all) => socket.end(`got ${all.length}`));
    });
    const { port } = await openDoor(rawDoor(), leadTo(upstream));
    const client = await dial(port);
    client.end('12345');
    expect(String(await readAll(client))).toBe('got 5');
  });

  it('goes on upwards when the server has ended', async () => {
    let heard: Promise<Buffer | 'reset'> | undefined;
    const { port: upstream } = await listen((socket) => {
      heard = readAll(socket);
      socket.end('bye');
    });
    const { port } = await openDoor(rawDoor(), leadTo(upstream));
    const client = await dial(port);
    expect(String(await readAll(client))).toBe('bye');
    client.end('still here');
    expect(String(await heard)).toBe('still here');
  });

  it('is reset upstream when the client resets it', async () => {
    const ending = promised<Buffer | 'reset'>();
    const { port: upstream } = await listen((socket) => {
      ending.resolve(readAll(socket));
      socket.write('x');
    });
    const { port } = await openDoor(rawDoor(), leadTo(upstream));
    const client = await dial(port);
    await once(client, 'data');
    client.resetAndDestroy();
    expect(await ending.promise).toBe('reset');
  });

  it('is reset for the client when the server resets it', async () => {
    const { port: upstream } = await listen((socket) => {
      socket.once('data', () => socket.resetAndDestroy());
    });
    const { port } = await openDoor(rawDoor(), leadTo(upstream));
    const client = await dial(port);
    client.write('x');
    expect(await readAll(client)).toBe('reset');
  });

  it('is reset upstream when the client goes away while the way is opened', async () => {
    const ending = promised<Buffer | 'reset'>();
    const { port: upstream } = await listen((socket) => ending.resolve(readAll(socket)));
    const way = promised<Socket>();
    const { port, inside } = await openDoor(rawDoor(), { connect: async () => await way.promise });
    await dial(port);
    await vi.waitFor(() => expect(inside).toHaveLength(1));
    inside[0]?.destroy();
    way.resolve(await dial(upstream));
    expect(await ending.promise).toBe('reset');
  });

  it('tells what a long connection has moved before it ends', async () => {
    const { port: upstream } = await listen(echo);
    const { port, ledger } = await openDoor(rawDoor({ tellMs: 5 }), leadTo(upstream));
    const client = await dial(port);
    client.write('12345');
    await vi.waitFor(() => expect(ledger.bytes).toEqual({ up: 5, down: 5 }));
    client.write('678');
    await vi.waitFor(() => expect(ledger.bytes).toEqual({ up: 8, down: 8 }));
    expect(client.destroyed).toBe(false);
  });
});

describe('back-pressure', () => {
  it('a server that does not read stops the client', async () => {
    const reading = promised<Socket>();
    const { port: upstream } = await listen((socket) => reading.resolve(socket.pause()));
    const { port, inside } = await openDoor(rawDoor(), leadTo(upstream));
    const client = await dial(port);
    const total = 64 * MIB;
    client.end(Buffer.alloc(total));
    await reading.promise;
    // The kernel's buffers fill up, and then nothing moves.
    let [before, after] = [-1, 0];
    while (before !== after) {
      await wait(100);
      [before, after] = [after, inside[0]?.bytesRead ?? 0];
    }
    expect(after).toBeLessThan(total / 2);
    const way = inside[0];
    expect((way?.readableLength ?? 0) + (way?.writableLength ?? 0)).toBeLessThan(MIB);

    const server = await reading.promise;
    let got = 0;
    server.on('data', (chunk: Buffer) => (got += chunk.length));
    server.resume();
    await once(server, 'end');
    expect(got).toBe(total);
  });

  it('a client that does not read stops the server', async () => {
    const total = 64 * MIB;
    const served = promised<Socket>();
    const { port: upstream } = await listen((socket) => {
      served.resolve(socket);
      socket.end(Buffer.alloc(total));
    });
    const { port, inside } = await openDoor(rawDoor(), leadTo(upstream));
    const client = (await dial(port)).pause();
    const server = await served.promise;
    let [before, after] = [-1, 0];
    while (before !== after) {
      await wait(100);
      [before, after] = [after, inside[0]?.bytesWritten ?? 0];
    }
    expect(after).toBeLessThan(total / 2);
    expect(inside[0]?.writableLength).toBeLessThan(MIB);
    expect(server.writableFinished).toBe(false);
    expect((await readAll(client)).length).toBe(total);
  });
});

it('a thousand connections at a time', { timeout: 60_000 }, async () => {
  const { port: upstream } = await listen(echo);
  const { port, ledger } = await openDoor(rawDoor(), leadTo(upstream));
  const clients = await Promise.all(Array.from({ length: 1000 }, async () => await dial(port)));
  const answers = clients.map(readAll);
  for (const [index, client] of clients.entries()) client.write(`client ${index}`);
  await vi.waitFor(() => expect(ledger.events).toHaveLength(1000), 30_000);
  for (const client of clients) client.end();
  const texts = (await Promise.all(answers)).map(String);
  expect(texts).toEqual(clients.map((_, index) => `client ${index}`));
});

it.each<[RefusalCode, string | null]>([
  ['unresolved', 'ENOTFOUND'],
  ['forbidden-address', '127.0.0.1: loopback'],
  ['unreachable', null],
])('is reset where the way upstream is refused: %s', async (code, seen) => {
  const { port, ledger } = await openDoor(rawDoor(), leadTo({ code, seen }));
  expect(await readAll(call(port))).toBe('reset');
  expect(ledger.events).toEqual([seen === null ? code : `${code}: ${seen}`]);
});
