import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { decode, encode, type Question } from 'dns-packet';
import { describe, expect, it, onTestFinished } from 'vitest';
import { recorder, type Recorder } from '../../src/gateway/recorder.ts';
import { syntheticAddresses } from '../../src/gateway/synthetic.ts';

/** A resolver that gives every name these addresses; how it is written in a policy. */
async function resolverWith(addresses: readonly string[]): Promise<string> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  onTestFinished(() => void socket.close());
  await once(socket, 'listening');
  socket.on('message', (message, from) => {
    const { id, questions = [] } = decode(message);
    const [{ name, type }] = questions as [Question];
    const family = type === 'AAAA' ? 6 : 4;
    const answers = addresses
      .filter((address) => address.includes(':') === (family === 6))
      .map((data) => ({ name, type: family === 6 ? ('AAAA' as const) : ('A' as const), data }));
    const reply = encode({ type: 'response', id: id ?? 0, questions, answers });
    socket.send(reply, from.port, from.address);
  });
  return `127.0.0.1:${socket.address().port}`;
}

interface Recording extends Recorder {
  readonly fed: readonly string[];
}

async function recording(
  addresses: readonly string[],
  feed: (transaction: string) => Promise<void> = async () => {},
): Promise<Recording> {
  const fed: string[] = [];
  const made = recorder({
    addresses: syntheticAddresses(),
    resolver: await resolverWith(addresses),
    feed: async (transaction) => {
      fed.push(transaction.trim());
      await feed(transaction);
    },
  });
  return { ...made, fed };
}

describe('a name that is recorded', () => {
  it.each([
    ['an IPv4 address', ['203.0.113.7'], '198.18.0.16', 'real', '203.0.113.7'],
    ['an IPv6 address', ['2001:db8::7'], '2001:2::c612:10', 'real6', '2001:db8::7'],
    ['both', ['2001:db8::7', '203.0.113.7'], '198.18.0.16', 'real', '203.0.113.7'],
    ['a private address', ['10.1.2.3'], '198.18.0.16', 'real', '10.1.2.3'],
    ['one that is the machine', ['127.0.0.1', '203.0.113.7'], '198.18.0.16', 'real', '203.0.113.7'],
  ])('with %s has one that stands for it', async (_, addresses, address, map, real) => {
    const { resolve, realOf, fed } = await recording(addresses);
    expect(await resolve('a.example.com')).toEqual({ address });
    expect(fed).toEqual([`add element inet glovebox ${map} { ${address} : ${real} }`]);
    expect(realOf(address)).toBe(real);
  });

  it.each([
    ...['127.0.0.1', '127.8.8.8', '10.0.2.2', '10.0.2.3', '0.0.0.0', '0.1.2.3'],
    ...['::1', '::', 'fd00::2', '::ffff:127.0.0.1', '::ffff:203.0.113.7'],
  ])('with %s alone is unknown', async (address) => {
    const { resolve, fed } = await recording([address]);
    expect([await resolve('a.example.com'), fed]).toEqual(['unknown', []]);
  });

  it.each(['203.0.113.7', '127.1', '0x7f.1', '2130706433', 'a.example.1'])(
    'that reads as an address, as %s does, is unknown',
    async (name) => {
      const { resolve, fed } = await recording(['203.0.113.7']);
      expect([await resolve(name), fed]).toEqual(['unknown', []]);
    },
  );

  it('keeps its address, and is fed once', async () => {
    const { resolve, fed } = await recording(['203.0.113.7']);
    const all = await Promise.all(['a.example', 'b.example', 'a.example'].map(resolve));
    expect(all[0]).toEqual(all[2]);
    expect(all[0]).not.toEqual(all[1]);
    expect(await resolve('a.example')).toEqual(all[0]);
    expect(fed).toHaveLength(2);
  });

  it('is put off where the rules cannot take it, and asked for again', async () => {
    let takes = false;
    const { resolve, realOf } = await recording(['203.0.113.7'], async () => {
      await Promise.resolve();
      if (!takes) throw new Error('the rules are busy');
    });
    expect([await resolve('a.example'), realOf('198.18.0.16')]).toEqual(['busy', null]);
    takes = true;
    expect(await resolve('a.example')).toEqual({ address: '198.18.0.16' });
  });
});
