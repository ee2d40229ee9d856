import { beforeAll, describe, expect, it } from 'vitest';
import { bash, INTERNET, seal } from '../lab/glovebox.ts';
import { curl, hello, listening } from '../lab/internet.ts';
import {
  allowing,
  ask,
  type BothWays,
  bothWays,
  GIVEN_UP,
  reasons,
  sealed,
} from './name-attacks.ts';

// What is asked of a resolver. On the bare host all of it arrives at the internet's; in the sandbox
// nothing does, whatever resolver is asked and however.

const ALLOWED = 'allowed.example.com';
const { resolver, publicResolver, allowed6 } = INTERNET;
const LONG = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}`;

const ALLOW = [ALLOWED, '*.wild.example.com', 'allowed.com', '*.tunnel.example.net:443'];
const NO_SUCH = 'code 3, 0 answers';
const NOTHING = 'code 0, 0 answers';
/** The last four bytes are an address of 198.18.0.0/15; those that cannot be shown are dots. */
const ONE = 'code 0, 1 answers';

/** What is asked, and how that is answered inside. */
const QUESTIONS = {
  'text below an allowed wildcard': [ask(resolver, 'udp', 'TXT', 'd1.tunnel.example.net'), NOTHING],
  'an address below an allowed wildcard': [ask(resolver, 'udp', 'A', 'd2.tunnel.example.net'), ONE],
  'a long label below an allowed wildcard': [
    ask(resolver, 'udp', 'A', `${'d'.repeat(63)}.tunnel.example.net`),
    ONE,
  ],
  'a tunnel by its labels': [ask(resolver, 'udp', 'A', `${LONG}.lab.test`), NO_SUCH],
  'a secret in capital letters': [ask(resolver, 'udp', 'A', 'SeCrEt.lab.test'), NO_SUCH],
  'a tunnel by text': [ask(resolver, 'udp', 'TXT', 'd3.lab.test'), NO_SUCH],
  'a tunnel over TCP': [ask(resolver, 'tcp', 'TXT', 'd4.lab.test'), NO_SUCH],
  'a tunnel over TCP, below an allowed wildcard': [
    ask(resolver, 'tcp', 'TXT', 'd5.tunnel.example.net'),
    NOTHING,
  ],
  'another resolver': [ask(publicResolver, 'udp', 'A', 'd6.lab.test'), NO_SUCH],
  'another resolver, for an allowed name': [ask(publicResolver, 'udp', 'A', ALLOWED), ONE],
  'another resolver over TCP': [ask(publicResolver, 'tcp', 'A', 'd7.lab.test'), NO_SUCH],
  'a resolver over IPv6': [ask(allowed6, 'udp', 'A', 'd8.lab.test'), 'E'],
  'a resolver over IPv6 and TCP': [ask(allowed6, 'tcp', 'A', 'd9.lab.test'), 'ECONNREFUSED'],
  'a resolver in the IPv6 form of its address': [
    ask(`::ffff:${resolver}`, 'udp', 'A', 'd10.lab.test'),
    NO_SUCH,
  ],
  'the name for an address': [ask(resolver, 'udp', 'PTR', '80.113.0.203.in-addr.arpa'), NO_SUCH],
  'the name for no address': [ask(resolver, 'udp', 'PTR', 'd11.113.0.203.in-addr.arpa'), NO_SUCH],
  'an IPv6 address of an allowed name': [ask(resolver, 'udp', 'AAAA', ALLOWED), NOTHING],
  'text of an allowed name': [ask(resolver, 'udp', 'TXT', ALLOWED), NOTHING],
  'mail of an allowed name': [ask(resolver, 'udp', 'MX', ALLOWED), NOTHING],
  'a service of an allowed name': [ask(resolver, 'udp', 'HTTPS', ALLOWED), NOTHING],
  'another service of an allowed name': [ask(resolver, 'udp', 'SVCB', ALLOWED), NOTHING],
  'anything of an allowed name': [ask(resolver, 'udp', 'ANY', ALLOWED), ONE],
  'an allowed name with a secret in the case of its letters': [
    ask(resolver, 'udp', 'A', 'aLlOwEd.ExAmPlE.cOm'),
    ONE,
  ],
  'a name that only ends like an allowed one': [ask(resolver, 'udp', 'A', 'xallowed.com'), NO_SUCH],
  'a name that only begins like one': [ask(resolver, 'udp', 'A', 'allowed.com.evil.com'), NO_SUCH],
  'a name below an allowed one': [ask(resolver, 'udp', 'A', 'd12.allowed.com'), NO_SUCH],
  'a name with a zero byte before an allowed one': [
    ask(resolver, 'udp', 'A', 'evil\\u0000.allowed.com'),
    NO_SUCH,
  ],
  'a label that ends with a zero byte': [ask(resolver, 'udp', 'A', 'allowed.com\\u0000'), NO_SUCH],
  'a label with a dot in it': [ask(resolver, 'udp', 'A', 'allowed\\u002ecom'), NO_SUCH],
  'a label of bytes that are no text': [
    ask(resolver, 'udp', 'A', `${'\\u00ff'.repeat(31)}.lab.test`),
    NO_SUCH,
  ],
  'the name above a wildcard': [ask(resolver, 'udp', 'A', 'wild.example.com'), NO_SUCH],
  'the root': [ask(resolver, 'udp', 'A', ''), NO_SUCH],
} as const;

type Question = keyof typeof QUESTIONS;

describe('a question', () => {
  const attempts = Object.fromEntries(
    Object.entries(QUESTIONS).map(([name, [attempt]]) => [name, attempt]),
  ) as Record<Question, string[]>;
  let both: BothWays<Question>;
  let outside: string[];
  let heard: ReturnType<typeof listening>;
  beforeAll(() => {
    const before = listening();
    both = bothWays(attempts, allowing(ALLOW, { 'on-blocked': 'ignore' }), () => {
      outside = before('question').map(({ name }) => name);
      heard = listening();
    });
  });

  it.each(Object.keys(QUESTIONS) as Question[])('for %s stays inside', (name) => {
    const asked = JSON.parse(`"${attempts[name].at(-1)}"`) as string;
    expect(outside).toContain(asked);
    expect(both.inside[name].output).toMatch(new RegExp(`^${QUESTIONS[name][1]}`));
  });

  it('is heard by nobody', () => {
    expect(heard('question')).toEqual([]);
    expect(heard('connection')).toEqual([]);
  });

  it('for what is not allowed is on record', () => {
    const names = (both.ran.report.egress?.blocked ?? []).map(({ name }) => name);
    const wanted = [
      'd3.lab.test',
      'd4.lab.test',
      'd6.lab.test',
      'xallowed.com',
      `${LONG}.lab.test`,
    ];
    expect(names).toEqual(expect.arrayContaining([...wanted, '80.113.0.203.in-addr.arpa']));
    for (const row of both.ran.report.egress?.blocked ?? []) {
      if (row.name !== undefined) expect(row).toMatchObject({ port: null, process: 'perl' });
    }
    expect(reasons(both.ran)[`${allowed6}:53/udp`]).toEqual(['not in network.allow']);
  });
});

describe('looking up', () => {
  const ways = {
    'a name, as programs do': ['getent', 'ahosts', 'other.example.com'],
    'an allowed name': ['getent', 'ahosts', ALLOWED],
    'an allowed name twice': bash(
      `for i in 1 2; do getent ahostsv4 ${ALLOWED} | cut -d ' ' -f 1; done | sort -u`,
    ),
    localhost: ['getent', 'ahostsv4', 'localhost'],
    'the name of its own address': bash(
      `getent hosts $(getent ahostsv4 ${ALLOWED} | head -n 1 | cut -d ' ' -f 1)`,
    ),
    'an address, which is no name': ['getent', 'ahostsv4', '203.0.113.80'],
    'a name that acts on a terminal': ask(
      resolver,
      'udp',
      'A',
      '\\u001b[31mred\\u000a::error::x.example.com',
    ),
    'no question at all': bash(
      `for i in 1 2 3; do echo nonsense > /dev/udp/${resolver}/53; done; sleep 0.3`,
    ),
  };

  it('fails at once, or gives a synthetic address, and is told in harmless words', () => {
    const { inside, ran } = sealed(ways, allowing(ALLOW));
    expect(inside['a name, as programs do']).toEqual({ code: 2, output: '' });
    expect(inside['an allowed name'].output).toMatch(/^198\.18\.\d+\.\d+ +STREAM allowed/);
    expect(inside['an allowed name twice'].output).toMatch(/^198\.18\.\d+\.\d+\n$/);
    expect(inside.localhost.output).toMatch(/^127\.0\.0\.1 /);
    expect(inside['the name of its own address'].code).toBe(2);
    expect(inside['an address, which is no name'].code).toBe(0);
    expect(Object.values(inside).map(({ code }) => code)).not.toContain(GIVEN_UP);

    expect(ran.stderr).not.toContain('\u001b');
    expect(ran.stderr).not.toMatch(/^::/m);
    expect(ran.stderr).toContain('\\u001b[31mred\\u000a::error::x.example.com');
    expect(ran.report.egress?.malformedLookUps).toBe(3);
    const blocked = ran.report.egress?.blocked ?? [];
    expect(blocked.find(({ name }) => name === 'other.example.com')).toMatchObject({
      process: 'getent',
      allow: 'other.example.com',
    });
    expect(blocked.some(({ name }) => name?.endsWith('in-addr.arpa'))).toBe(false);
  });

  it.each([
    ['the system', {}, resolver],
    ['the policy', { resolver: publicResolver }, publicResolver],
    ['the policy, over IPv6', { resolver: `[${allowed6}]:53` }, allowed6],
  ])('what is dialled asks the resolver of %s, and for nothing else', (_, network, asked) => {
    const heard = listening();
    const ran = seal(allowing([ALLOWED], network), curl(`https://${ALLOWED}`));
    expect(ran.stdout).toBe(hello(ALLOWED));
    const questions = heard('question');
    expect(new Set(questions.map(({ address }) => address))).toEqual(new Set([asked]));
    expect(new Set(questions.map(({ name }) => name))).toEqual(new Set([ALLOWED]));
  });
});
