import { PassThrough, Readable, Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { relayInput, relayOutput } from '../../src/run/relay.ts';

/** Takes everything, at its own pace, and remembers it. */
class Sink extends Writable {
  readonly chunks: Buffer[] = [];
  private waiting: (() => void)[] = [];
  private readonly slow: boolean;

  constructor(slow = false, highWaterMark = 1024) {
    super({ highWaterMark });
    this.slow = slow;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(Buffer.from(chunk));
    if (this.slow) this.waiting.push(done);
    else done();
  }

  /** Lets one chunk go. */
  drainOne(): void {
    this.waiting.shift()?.();
  }

  text(): string {
    return Buffer.concat(this.chunks).toString('latin1');
  }
}

const source = (chunks: readonly string[]): Readable =>
  Readable.from(
    chunks.map((chunk) => Buffer.from(chunk, 'latin1')),
    { objectMode: false },
  );

async function relayed(chunks: readonly string[], cap: number | null) {
  const sink = new Sink();
  const relay = relayOutput([[source(chunks), sink]], cap);
  await relay.done;
  return { text: sink.text(), bytes: relay.bytes(), truncated: relay.truncated() };
}

describe('relayOutput', () => {
  it.each([
    ['no cap', ['ab', 'cd'], null, 'abcd', false],
    ['a cap above', ['ab', 'cd'], 5, 'abcd', false],
    ['a cap that just fits', ['ab', 'cd'], 4, 'abcd', false],
    ['a cap inside a chunk', ['ab', 'cd'], 3, 'abc', true],
    ['a cap between chunks', ['ab', 'cd'], 2, 'ab', true],
    ['a cap of one byte', ['ab', 'cd'], 1, 'a', true],
    ['nothing to carry', [], 3, '', false],
  ])('with %s', async (_name, chunks, cap, text, truncated) => {
    const all = chunks.join('').length;
    expect(await relayed(chunks, cap)).toEqual({ text, bytes: all, truncated });
  });

  it('carries any bytes, up to the cap exactly', async () => {
    const bytes = fc.string({
      unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
      minLength: 1,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(bytes, { maxLength: 8 }),
        fc.option(fc.integer({ min: 1, max: 40 })),
        async (chunks, cap) => {
          const all = chunks.join('');
          const text = cap === null ? all : all.slice(0, cap);
          expect(await relayed(chunks, cap)).toEqual({
            text,
            bytes: all.length,
            truncated: text !== all,
          });
        },
      ),
    );
  });

  it('counts both streams against one cap', async () => {
    const [out, err] = [new Sink(), new Sink()];
    const relay = relayOutput(
      [
        [source(['1234']), out],
        [source(['5678']), err],
      ],
      6,
    );
    await relay.done;
    expect(out.text().length + err.text().length).toBe(6);
    expect('1234').toContain(out.text());
    expect('5678').toContain(err.text());
    expect([relay.bytes(), relay.truncated()]).toEqual([8, true]);
  });

  it('goes on with one stream when the other has ended', async () => {
    const [from, out, err] = [new PassThrough(), new Sink(), new Sink()];
    const relay = relayOutput(
      [
        [from, out],
        [source(['early']), err],
      ],
      null,
    );
    await turn();
    from.end('late');
    await relay.done;
    expect([out.text(), err.text()]).toEqual(['late', 'early']);
  });

  it('reads no faster than a slow reader takes', async () => {
    let made = 0;
    const from = new Readable({
      highWaterMark: 1024,
      read() {
        made += 1;
        this.push(made <= 200 ? Buffer.alloc(1024) : null);
      },
    });
    const sink = new Sink(true);
    const relay = relayOutput([[from, sink]], null);
    for (let step = 0; step < 50; step += 1) await turn();
    expect(made).toBeLessThan(10);
    expect(sink.writableLength).toBeLessThanOrEqual(4 * 1024);
    let most = 0;
    const pump = setInterval(() => {
      most = Math.max(most, sink.writableLength);
      sink.drainOne();
    }, 0);
    await relay.done;
    clearInterval(pump);
    expect(sink.text()).toHaveLength(200 * 1024);
    expect(most).toBeLessThanOrEqual(4 * 1024);
  });

  it('is done only when the reader has everything', async () => {
    const sink = new Sink(true);
    const relay = relayOutput([[source(['last words']), sink]], null);
    const settled = async (): Promise<boolean> =>
      await Promise.race([relay.done.then(() => true), turn(false)]);
    for (let step = 0; step < 20; step += 1) expect(await settled()).toBe(false);
    while (!(await settled())) sink.drainOne();
    expect(sink.text()).toBe('last words');
  });

  it('reads on past the cap, so that the step does not hang, and holds none of it', async () => {
    const sink = new Sink();
    const from = source(Array.from({ length: 100 }, () => 'x'.repeat(1024)));
    const relay = relayOutput([[from, sink]], 10);
    await relay.done;
    expect([sink.text().length, relay.bytes()]).toEqual([10, 100 * 1024]);
  });

  it('closes the step`s pipe when the reader goes away', async () => {
    const from = new PassThrough();
    const sink = new Writable({
      write: (_chunk, _encoding, done) => done(new Error('EPIPE')),
    });
    const relay = relayOutput([[from, sink]], null);
    from.write('x');
    await relay.done;
    expect(from.destroyed).toBe(true);
  });

  it('does not wait for a reader that goes away while it is slow', async () => {
    const from = new PassThrough();
    const sink = new Sink(true, 1);
    const relay = relayOutput([[from, sink]], null);
    from.write('first');
    await turn();
    sink.destroy(new Error('EPIPE'));
    await relay.done;
    expect(from.destroyed).toBe(true);
  });

  it('ends when the step`s own side fails', async () => {
    const from = new PassThrough();
    const sink = new Sink();
    const relay = relayOutput([[from, sink]], null);
    from.write('some');
    await turn();
    from.destroy(new Error('EIO'));
    await relay.done;
    expect(sink.text()).toBe('some');
  });
});

describe('relayInput', () => {
  it('hands everything on, and then the end', async () => {
    const to = new Sink();
    relayInput(source(['a', 'b']), to);
    await new Promise((resolve) => to.on('finish', resolve));
    expect(to.text()).toBe('ab');
  });

  it('reads nothing from a terminal, and ends', async () => {
    const from = Object.assign(new PassThrough(), { isTTY: true });
    from.write('typed');
    const to = new Sink();
    relayInput(from, to);
    await new Promise((resolve) => to.on('finish', resolve));
    expect(to.text()).toBe('');
    expect(from.readableFlowing).not.toBe(true);
  });

  it('stops reading when the step closes its input', async () => {
    const from = new PassThrough();
    const to = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
    relayInput(from, to);
    from.write('x');
    await new Promise((resolve) => from.on('close', resolve));
    expect(from.destroyed).toBe(true);
  });

  it('ends the step`s input when ours fails', async () => {
    const from = new PassThrough();
    const to = new Sink();
    relayInput(from, to);
    from.destroy(new Error('EIO'));
    await new Promise((resolve) => to.on('finish', resolve));
    expect(to.writableEnded).toBe(true);
  });
});
