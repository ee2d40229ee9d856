import { beforeAll, describe, expect, it } from 'vitest';
import { bash, GREETING, INTERNET, PORTS } from '../lab/glovebox.ts';
import { listening, ssh } from '../lab/internet.ts';
import { helloMessage, inRecords, realHello, serverName, vector } from '../gateway/hellos.ts';
import {
  allowing,
  type BothWays,
  bothWays,
  bytes,
  dial,
  GIVEN_UP,
  reasons,
  sealed,
  text,
} from './name-attacks.ts';

// What may be said first on a port where TLS is spoken. A server that answers with a handshake
// message has taken the hello for good.

const ALLOWED = 'allowed.example.com';
const OTHER = 'other.example.com';
const SERVED = /^<handshake>/;
const ANSWERED = /^<(?:handshake|alert)>/;
/** Output of `dial`, with records of these two kinds made visible. */
const shown = (output: string): string =>
  output.replaceAll('\u0016', '<handshake>').replaceAll('\u0015', '<alert>');

type Extension = readonly [type: number, body: Uint8Array];
const KEY_SHARE = 51;
const PADDING = 21;
const ENCRYPTED_HELLO = 0xfe0d;
const GREASE = 0x0a0a;

/** The extensions of what node:tls sends, so that servers accept what is made of them. */
const real = await extensionsOf({ servername: ALLOWED });
const older = await realHello({ servername: ALLOWED, maxVersion: 'TLSv1.2' });
const message = (extensions: readonly Extension[]): Buffer => helloMessage({ extensions });
const hello = (extensions: readonly Extension[]): Buffer => inRecords(message(extensions));
const without = (...types: readonly number[]): Extension[] =>
  real.filter(([type]) => !types.includes(type));
const naming = (...names: readonly Extension[]): Extension[] => [...names, ...without(0)];
/** One list of two names. */
const two = (first: string, second: string): Extension => [
  0,
  vector(
    Buffer.concat(
      [first, second].map((name) => Buffer.concat([Buffer.of(0), vector(Buffer.from(name), 2)])),
    ),
    2,
  ),
];

async function extensionsOf(options: object): Promise<Extension[]> {
  const sent = await realHello(options);
  let at = 5 + 4 + 2 + 32;
  at += 1 + sent.readUInt8(at);
  at += 2 + sent.readUInt16BE(at);
  at += 1 + sent.readUInt8(at) + 2;
  const found: Extension[] = [];
  while (at < sent.length) {
    const length = sent.readUInt16BE(at + 2);
    found.push([sent.readUInt16BE(at), sent.subarray(at + 4, at + 4 + length)]);
    at += 4 + length;
  }
  return found;
}

const whole = inRecords(message(real));
const halves = [whole.subarray(0, 60), whole.subarray(60)] as const;

const at443 = (content: Uint8Array): string[] => dial(ALLOWED, PORTS.tls, bytes(content));
const encrypted: Extension = [ENCRYPTED_HELLO, Buffer.alloc(200, 1)];

/** The attack, what it brings outside, and why it is refused. */
const ATTACKS = {
  'a hello that never ends': [
    bash(`QUIET_MS=\${PATIENCE_MS:-500} ${at443(halves[0]).join(' ')}`),
    /^\n\(silence\)/,
    'never came to an end',
  ],
  'a hello for nobody': [at443(hello(without(0))), SERVED, 'names no server'],
  'a hello for another name': [
    at443(hello(naming(serverName(OTHER)))),
    SERVED,
    `names another server: ${OTHER}`,
  ],
  'a hello for a name below': [
    at443(hello(naming(serverName(`x.${ALLOWED}`)))),
    SERVED,
    `names another server: x.${ALLOWED}`,
  ],
  'a hello for its address': [
    at443(hello(naming(serverName(INTERNET.cdn)))),
    SERVED,
    `names another server: ${INTERNET.cdn}`,
  ],
  'a hello with another one inside': [at443(hello([...real, encrypted])), SERVED, 'is encrypted'],
  'the same, with another name outside': [
    at443(hello([...naming(serverName(OTHER)), encrypted])),
    SERVED,
    'is encrypted',
  ],
  'a hello for two names': [
    at443(hello(naming(two(ALLOWED, OTHER)))),
    ANSWERED,
    'did not begin with TLS',
  ],
  'a hello with two lists of names': [
    at443(hello(naming(serverName(ALLOWED), serverName(OTHER)))),
    ANSWERED,
    'did not begin with TLS',
  ],
  'a name with a zero byte': [
    at443(hello(naming(serverName(`${ALLOWED}\0.${OTHER}`)))),
    ANSWERED,
    'names another server',
  ],
  'a hello that is far too long': [
    at443(inRecords(Buffer.concat([Buffer.of(1, 16, 0, 0), Buffer.alloc(100)]))),
    ANSWERED,
    'is too long',
  ],
  'bytes in the clear': [
    dial(ALLOWED, PORTS.database, text('select 1;')),
    new RegExp(`^${GREETING}\nselect 1;`),
    'did not begin with TLS',
  ],
  ssh: [ssh('me@git.example.com', 'anything'), /^hello me/, 'did not begin with TLS'],
} as const satisfies Readonly<Record<string, readonly [string[], RegExp, string]>>;

type Attack = keyof typeof ATTACKS;

const ALLOW = [`${ALLOWED}:443,${PORTS.database}`, `git.example.com:${PORTS.ssh}`];

describe('where TLS is expected, nothing comes of', () => {
  const attempts = Object.fromEntries(
    Object.entries(ATTACKS).map(([name, [attempt]]) => [name, attempt]),
  ) as Record<Attack, string[]>;
  let both: BothWays<Attack>;
  let heard: ReturnType<typeof listening>;
  beforeAll(() => {
    // Inside, the gateway's patience ends before the client's.
    const patient = { environment: { set: { PATIENCE_MS: '15000' } } };
    both = bothWays(attempts, allowing(ALLOW, {}, patient), () => {
      heard = listening();
    });
  });

  it.each(Object.keys(ATTACKS) as Attack[])('%s', (name) => {
    const [, booty, reason] = ATTACKS[name];
    expect(shown(both.outside[name].output)).toMatch(booty);
    expect(shown(both.inside[name].output)).not.toMatch(SERVED);
    expect(both.inside[name].output).not.toContain('hello');
    expect(both.inside[name].code).not.toBe(GIVEN_UP);
    expect(Object.values(reasons(both.ran)).flat()).toContainEqual(expect.stringContaining(reason));
  });

  it('all of them: no server was asked for, or called', () => {
    expect(heard('question')).toEqual([]);
    expect(heard('connection')).toEqual([]);
    expect(both.ran.report.egress?.allowed).toEqual([]);
  });

  it('what starts in the clear, and the line to add says so', () => {
    const rows = both.ran.report.egress?.blocked ?? [];
    const entry = `{host: git.example.com, port: ${PORTS.ssh}, tls: off}`;
    expect(rows.find(({ port }) => port === PORTS.ssh)?.allow).toBe(entry);
    expect(both.ran.stderr).toContain(`        - ${entry}\n`);
  });
});

describe('a hello for the allowed name passes', () => {
  const packet = (index: number): Buffer =>
    whole.subarray(index * 10, index < 199 ? index * 10 + 10 : undefined);
  const hellos = {
    'as it is': at443(whole),
    'of TLS 1.2': at443(older),
    'in many records': at443(inRecords(message(real), [1, 2, 3, 50])),
    'in many packets': dial(
      ALLOWED,
      PORTS.tls,
      ...Array.from({ length: 200 }, (_, index) => [bytes(packet(index)), '1']).flat(),
    ),
    'with words that mean nothing': at443(
      hello([[GREASE, Buffer.alloc(0)], ...real, [0x3a3a, Buffer.alloc(1)]]),
    ),
    'as big as post-quantum keys make it': at443(hello([...real, [PADDING, Buffer.alloc(4000)]])),
    'that ends late': dial(ALLOWED, PORTS.tls, bytes(halves[0]), '1000', bytes(halves[1])),
    'with the name in capitals': at443(hello(naming(serverName(ALLOWED.toUpperCase())))),
  };
  it('however it comes', () => {
    const { inside, ran } = sealed(hellos, allowing([ALLOWED]));
    for (const [name, { output }] of Object.entries(inside))
      expect([name, shown(output)]).toEqual([name, expect.stringMatching(SERVED)]);
    expect(reasons(ran)).toEqual({});
    expect(ran.report.egress?.allowed).toMatchObject([{ name: ALLOWED, count: 8 }]);
  });
});

describe('a second hello', () => {
  // Without a key the server asks for another one, and goes by what that says.
  const empty = hello([...without(KEY_SHARE), [KEY_SHARE, Buffer.from([0, 0])]]);
  const handshakes = (output: string): number => output.split('\u0016\u0003\u0003').length - 1;
  const shares = real.find(([type]) => type === KEY_SHARE)?.[1] ?? Buffer.alloc(0);
  const first = shares.subarray(2, 2 + 4 + Buffer.from(shares).readUInt16BE(4));
  const keyed: Extension[] = [...without(KEY_SHARE), [KEY_SHARE, vector(first, 2)]];
  const after = (extensions: readonly Extension[]): string[] =>
    dial(
      ALLOWED,
      PORTS.tls,
      bytes(empty),
      ':',
      bytes(inRecords(message(extensions), [16384], 0x0303)),
    );
  const attempts = {
    'for the same name': after(keyed),
    'for another name': after(keyed.map((one) => (one[0] === 0 ? serverName(OTHER) : one))),
  };

  it('must be for the allowed name too', () => {
    const { outside, inside, ran } = bothWays(attempts, allowing([ALLOWED]));
    expect(handshakes(outside['for the same name'].output)).toBe(2);
    expect(handshakes(outside['for another name'].output)).toBe(2);
    expect(handshakes(inside['for the same name'].output)).toBe(2);
    expect(handshakes(inside['for another name'].output)).toBe(1);
    expect(reasons(ran)).toEqual({
      [`${ALLOWED}:443/tcp`]: [`its TLS hello names another server: ${OTHER}`],
    });
  });
});
