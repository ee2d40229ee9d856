import { describe, expect, it } from 'vitest';
import type { ToolName } from '../../src/capabilities/facts.ts';
import type { LayerStatus, NetworkPlan } from '../../src/plan/types.ts';
import { said, type FactsOverrides, WORKED } from '../fixtures/facts.ts';
import { plan } from '../fixtures/plan.ts';

type Kind = NetworkPlan['kind'];
type Row = readonly [
  network: object,
  missing: ToolName | null,
  kind: Kind,
  status: LayerStatus,
  downgrades: readonly string[],
  notes: readonly string[],
];

const DENY = { mode: 'deny' };
const NOTHING = { mode: 'allowlist' };
const ADDRESS = { mode: 'allowlist', allow: ['203.0.113.7'] };
const NAME = { mode: 'allowlist', allow: ['203.0.113.7', 'api.example.com'] };
const MACVLAN = {
  ...{ backend: 'macvlan', interface: 'eth1' },
  ...{ address: '192.0.2.7', netmask: '255.255.255.192', gateway: '192.0.2.1' },
};
const AUDIT = { mode: 'audit' };
const OPEN_AUDIT = { mode: 'audit', 'block-metadata': false };
const UNRESTRICTED = { mode: 'unrestricted' };
const OPEN = { mode: 'unrestricted', 'block-metadata': false };

describe('the network', () => {
  it.each<Row>([
    [DENY, null, 'sealed', 'enforced', [], []],
    [DENY, 'bwrap', 'host', 'unavailable', ['tool-missing'], []],
    [DENY, 'ip', 'bare', 'enforced', [], ['egress-not-recorded']],
    [DENY, 'nft', 'bare', 'enforced', [], ['egress-not-recorded']],
    [DENY, 'slirp4netns', 'sealed', 'enforced', [], []],
    [NOTHING, null, 'sealed', 'enforced', [], []],
    [NOTHING, 'bwrap', 'host', 'unavailable', ['tool-missing'], []],
    [NOTHING, 'nft', 'bare', 'enforced', [], ['egress-not-recorded']],
    [NOTHING, 'slirp4netns', 'sealed', 'enforced', [], []],
    [ADDRESS, null, 'routed', 'enforced', [], []],
    [{ ...ADDRESS, allow: ['127.0.0.1:5432'] }, null, 'routed', 'enforced', [], ['loopback-own']],
    [{ ...ADDRESS, allow: ['127.0.0.0/8'] }, null, 'routed', 'enforced', [], ['loopback-own']],
    [{ ...ADDRESS, allow: ['::1'] }, null, 'routed', 'enforced', [], ['loopback-own']],
    [{ ...ADDRESS, allow: ['localhost:80'] }, null, 'routed', 'enforced', [], ['loopback-own']],
    [
      { ...ADDRESS, allow: ['0.0.0.0/0', 'a.localhost.example'] },
      null,
      'routed',
      'enforced',
      [],
      [],
    ],
    [ADDRESS, 'bwrap', 'host', 'unavailable', ['tool-missing'], []],
    [ADDRESS, 'ip', 'routed', 'enforced', [], ['ipv6-not-routed']],
    [ADDRESS, 'nft', 'routed', 'unavailable', ['tool-missing'], []],
    [ADDRESS, 'slirp4netns', 'host', 'unavailable', ['tool-missing'], []],
    [NAME, null, 'routed', 'enforced', [], []],
    [NAME, 'bwrap', 'host', 'unavailable', ['tool-missing'], []],
    [NAME, 'ip', 'routed', 'enforced', [], ['ipv6-not-routed']],
    [NAME, 'nft', 'routed', 'unavailable', ['tool-missing'], []],
    [NAME, 'slirp4netns', 'host', 'unavailable', ['tool-missing'], []],
    [AUDIT, null, 'routed', 'enforced', [], []],
    [AUDIT, 'bwrap', 'host', 'unavailable', ['tool-missing'], []],
    [AUDIT, 'nft', 'routed', 'unavailable', ['tool-missing'], []],
    [AUDIT, 'slirp4netns', 'host', 'unavailable', ['tool-missing'], []],
    // To be written down is a wish too.
    [OPEN_AUDIT, null, 'routed', 'enforced', [], []],
    [OPEN_AUDIT, 'bwrap', 'host', 'unavailable', ['tool-missing'], []],
    [OPEN_AUDIT, 'nft', 'routed', 'unavailable', ['tool-missing'], []],
    [UNRESTRICTED, null, 'routed', 'enforced', [], []],
    [UNRESTRICTED, 'bwrap', 'host', 'unavailable', ['tool-missing'], []],
    [UNRESTRICTED, 'nft', 'routed', 'unavailable', ['tool-missing'], []],
    [UNRESTRICTED, 'slirp4netns', 'host', 'unavailable', ['tool-missing'], []],
    [OPEN, null, 'routed', 'not-requested', [], []],
    [OPEN, 'bwrap', 'host', 'not-requested', [], []],
    [OPEN, 'nft', 'routed', 'not-requested', [], []],
    [OPEN, 'slirp4netns', 'host', 'not-requested', [], []],
    [OPEN, 'ip', 'routed', 'not-requested', [], ['ipv6-not-routed']],
  ])('%j without %s is %s, %s', (network, missing, kind, status, downgrades, notes) => {
    const made = plan({
      policy: { network },
      facts: { missing: missing === null ? [] : [missing] },
    });
    const codes = made.downgrades
      .filter(({ layer }) => layer === 'network')
      .map(({ code }) => code);
    expect(made.network.kind).toBe(kind);
    expect(made.refused).toBe(downgrades.length > 0 || missing === 'bwrap');
    expect(made.layers.network.status).toBe(status);
    expect(codes).toEqual(downgrades);
    expect(made.notes.map(({ code }) => code).filter((code) => code !== 'memory-watched')).toEqual(
      notes,
    );
  });

  it.each<[Kind, object, readonly ToolName[]]>([
    ['host', DENY, ['bwrap']],
    ['bare', DENY, ['nft']],
  ])('%s loads nothing, attaches nothing and records nothing', (kind, network, missing) => {
    expect(plan({ policy: { network }, facts: { missing } }).network).toEqual({
      kind,
      seal: [],
      uplink: null,
      route: [],
      gateway: null,
      counters: null,
    });
  });

  it.each([ADDRESS, AUDIT, UNRESTRICTED])(
    '%j without rules says so, and neither loads nor queries any',
    (network) => {
      const made = plan({ policy: { network }, facts: { missing: ['nft'] } });
      expect(made.layers.network.mechanism).toContain('no rules');
      expect([made.network.seal, made.network.counters]).toEqual([[], null]);
    },
  );

  it('seals with rules before anything is routed, and without a way out', () => {
    const { network } = plan();
    expect(network.seal[0]?.argv).toEqual(['/usr/bin/nft', '-f', '-']);
    expect(network.seal[0]?.stdin).toContain('policy drop');
    expect(network.seal.filter(({ optional }) => optional === true)).toHaveLength(1);
    expect(network.uplink).toBeNull();
    expect(network.counters).toEqual(['/usr/bin/nft', '-j', 'list', 'table', 'inet', 'glovebox']);
  });

  it('routes through a slirp4netns that cannot reach the host', () => {
    const { network } = plan({ policy: { network: ADDRESS } });
    expect(network.uplink?.argv).toEqual(
      expect.arrayContaining([
        '--disable-host-loopback',
        '--disable-dns',
        '--enable-sandbox',
        '--enable-seccomp',
      ]),
    );
    expect(network.uplink?.argv.at(-1)).toBe('tap0');
    expect(network.seal[0]?.argv[0]).toBe('/usr/bin/nft');
    expect(network.route.every(({ optional }) => optional === true)).toBe(true);
  });

  it('routes through a pasta with the same addresses, and with no port open in either direction', () => {
    const pasta = { ...ADDRESS, backend: 'pasta' };
    const made = plan({ policy: { network: pasta }, facts: { attempts: { pasta: WORKED } } });
    const argv = made.network.uplink?.argv.join(' ');
    expect(argv).toContain('--tcp-ports none --udp-ports none --tcp-ns none --udp-ns none');
    expect(argv).toContain('--no-map-gw');
    expect(argv).toContain('--address 10.0.2.100 --netmask 24 --gateway 10.0.2.2');
    // The AppArmor profile that passt brings lets it open no file of ours.
    expect(argv).toMatch(/ --netns \/proc\/self\/fd\/0$/);
    expect(made.network.seal).toEqual(plan({ policy: { network: ADDRESS } }).network.seal);
    expect(made.layers.network.mechanism).toContain('pasta');
    expect(made.notes.map(({ code }) => code)).not.toContain('uplink-chosen');

    const named = { ...NAME, backend: 'pasta' };
    const { network } = plan({
      policy: { network: named },
      facts: { attempts: { pasta: WORKED } },
    });
    expect(network.uplink?.argv).not.toContain('--no-map-gw');
    expect(network.gateway).not.toBeNull();
  });

  it('takes pasta where slirp4netns is not to be had, and says why', () => {
    const made = plan({
      policy: { network: ADDRESS },
      facts: { missing: ['slirp4netns'], attempts: { pasta: WORKED } },
    });
    expect(made.network.uplink?.backend).toBe('pasta');
    expect(made.layers.network.status).toBe('enforced');
    expect(made.notes.find(({ code }) => code === 'uplink-chosen')?.text).toBe(
      "pasta carries the packets, because `slirp4netns` was not found on PATH or in the system's own directories",
    );
  });

  it.each(['slirp4netns', 'pasta'])('takes nothing but %s where the policy says so', (backend) => {
    const other = backend === 'pasta' ? 'slirp4netns' : 'pasta';
    const made = plan({
      policy: { network: { ...ADDRESS, backend } },
      facts: { attempts: { [backend]: said('no'), [other]: WORKED } },
    });
    expect(made.refused).toBe(true);
    expect(made.downgrades).toMatchObject([{ layer: 'network', code: `${backend}-failed` }]);
  });

  describe('over a macvlan', () => {
    const root = { uid: 0, realRoot: true };
    const made = (section: object, overrides: FactsOverrides = {}) =>
      plan({
        policy: { network: { ...ADDRESS, ...MACVLAN, ...section } },
        facts: { identity: root, attempts: { macvlan: WORKED }, ...overrides },
      });

    it('has the addresses that the policy gives it, and lets nobody call in', () => {
      const { network, layers, notes } = made({});
      expect(network.uplink?.argv.join(' ')).toBe(
        '/usr/bin/ip link add link eth1 name tap0 netns {pid} type macvlan mode private',
      );
      expect(network.route.map(({ stdin, optional }) => [stdin, optional])).toEqual([
        [
          'link set lo up\naddress add 192.0.2.7/26 dev tap0\nlink set tap0 up\nroute add default via 192.0.2.1 dev tap0\n',
          undefined,
        ],
      ]);
      expect(network.seal[0]?.stdin).toMatch(/type filter hook input priority 0; policy drop;/);
      expect(layers.network.status).toBe('enforced');
      expect(notes.map(({ code }) => code)).toContain('ipv6-not-routed');
      expect(plan({ policy: { network: ADDRESS } }).network.seal[0]?.stdin).not.toContain('input');
    });

    it.each<[string, object, string]>([
      ['no interface', { interface: undefined }, 'network.interface is not set'],
      ['no address', { address: undefined }, 'network.address is not set'],
      [
        'nothing at all',
        { interface: undefined, address: undefined, netmask: undefined, gateway: undefined },
        'network.interface, network.address, network.netmask, network.gateway is not set',
      ],
      ['a netmask with a gap', { netmask: '255.0.255.0' }, 'network.netmask is no netmask'],
      ['a netmask for nobody', { netmask: '255.255.255.255' }, 'network.netmask is no netmask'],
      ['a netmask for everyone', { netmask: '0.0.0.0' }, 'network.netmask is no netmask'],
      ['a gateway elsewhere', { gateway: '192.0.2.65' }, 'network.gateway is not in the network'],
      ['the address of all', { address: '192.0.2.63' }, 'or of all in it'],
      ['the network’s own address', { gateway: '192.0.2.0' }, 'is that of the network'],
      ['what nobody is reached at', { address: '127.0.0.5', gateway: '127.0.0.1' }, 'is none that'],
      ['addresses of groups', { address: '224.0.0.5', gateway: '224.0.0.1' }, 'is none that'],
      ['the gateway’s address', { address: '192.0.2.1' }, 'is that of network.gateway'],
    ])('is refused with %s', (_name, section, problem) => {
      const { refused, downgrades, network } = made(section);
      expect(refused).toBe(true);
      expect(downgrades).toMatchObject([{ layer: 'network', code: 'macvlan-unaddressed' }]);
      expect(downgrades[0]?.reason).toContain(problem);
      expect(network.kind).toBe('host');
    });

    it.each([
      ['has the address', '192.0.2.7', 'network.address is one of this host'],
      ['is the gateway', '192.0.2.1', "out of a macvlan's sight"],
    ])('is refused where the host %s', (_name, address, problem) => {
      const { downgrades } = made({}, { hostAddresses: [address] });
      expect(downgrades).toMatchObject([{ layer: 'network', code: 'macvlan-unaddressed' }]);
      expect(downgrades[0]?.reason).toContain(problem);
    });

    it('reaches no names, and does not pretend to', () => {
      const { downgrades, network } = made({ allow: ['203.0.113.7', 'api.example.com'] });
      expect(downgrades).toMatchObject([{ layer: 'network', code: 'macvlan-names' }]);
      expect([network.kind, network.gateway]).toEqual(['routed', null]);
    });
  });

  it.each<[string | null, boolean]>([
    [null, false],
    ['', false],
    ['strange', false],
    ['0.4.7', false],
    ['1.0.1', false],
    ['1.1.0', true],
    ['1.1.12', true],
    ['1.10', true],
    ['2.0.0', true],
  ])('asks slirp4netns %s for no resolver only where it knows the option: %s', (version, knows) => {
    const { network } = plan({
      policy: { network: ADDRESS },
      facts: { versions: { slirp4netns: version } },
    });
    expect(network.uplink?.argv.includes('--disable-dns')).toBe(knows);
    expect(network.uplink?.argv).toContain('--disable-host-loopback');
    expect(network.seal[0]?.stdin).toMatch(/10\.0\.2\.0\/24.* goto refuse/);
  });

  it.each<[object, boolean]>([
    [DENY, false],
    [{ ...DENY, allow: ['203.0.113.7'] }, true],
    [{ ...DENY, allow: ['api.example.com'] }, true],
    [NOTHING, false],
    [ADDRESS, false],
    [{ ...AUDIT, allow: ['203.0.113.7'] }, false],
  ])('%j is told that its entries have no effect: %s', (network, told) => {
    const made = plan({ policy: { network } });
    expect(made.notes.map(({ code }) => code).includes('allow-unused')).toBe(told);
    expect(made.downgrades).toEqual([]);
  });

  it('denies with the same rules whatever is in the list', () => {
    const without = plan({ policy: { network: DENY } });
    const listed = plan({ policy: { network: { ...DENY, allow: ['203.0.113.7', 'a.example'] } } });
    expect(listed.network).toEqual(without.network);
    expect(listed.layers.network).toEqual(without.layers.network);
  });

  it('gives the rules the addresses of the host', () => {
    const { network } = plan({ policy: { network: AUDIT } });
    const rules = network.seal[0]?.stdin ?? '';
    expect(rules).toContain('ip daddr { 198.51.100.4 } goto refuse');
    expect(rules).toContain('ip6 daddr { 2001:db8:99::4 } goto refuse');
  });

  it('has a gateway for the names alone, with what it must know', () => {
    const long = { host: 'db.example.com', port: 5432, tls: 'off', private: true };
    const { network, layers } = plan({
      policy: {
        network: {
          ...{ mode: 'allowlist', allow: ['203.0.113.7', '*.example.com', long] },
          ...{ resolver: '192.0.2.54:5353', 'block-metadata': false },
        },
      },
    });
    expect(network.gateway).toMatchObject({
      names: [{ text: '*.example.com:443' }, { text: 'db.example.com:5432 tls=off private' }],
      ...{ resolver: '192.0.2.54:5353', blockMetadata: false },
      hostAddresses: ['198.51.100.4', '2001:db8:99::4'],
      nft: ['/usr/bin/nft', '-f', '-'],
    });
    expect(layers.network.mechanism).toContain('gateway for names');
    // On the loopback that it shuts off otherwise, the gateway listens.
    expect(network.uplink?.argv).not.toContain('--disable-host-loopback');
    expect(network.seal[0]?.stdin).toContain('type nat hook output');
  });

  it.each<[string, object, FactsOverrides]>([
    ['no name is allowed', ADDRESS, {}],
    ['a name is only expected', { ...ADDRESS, 'expect-blocked': ['api.example.com'] }, {}],
    ['everything may leave', { ...AUDIT, mode: 'unrestricted', allow: ['api.example.com'] }, {}],
    ['an audit cannot have one', AUDIT, { attempts: { doors: said('no') } }],
    ['nothing may leave', { ...DENY, allow: ['api.example.com'] }, {}],
    ['nft cannot translate addresses', NAME, { attempts: { doors: said('no') } }],
    ['nft cannot load rules', NAME, { attempts: { nft: said('no') } }],
    ['there is no nft', NAME, { missing: ['nft'] }],
  ])('has none where %s, and the host`s loopback stays shut off', (_name, network, found) => {
    const made = plan({ policy: { 'on-unavailable': 'degrade', network }, facts: found });
    expect(made.network.gateway).toBeNull();
    expect(made.network.uplink?.argv ?? ['--disable-host-loopback']).toContain(
      '--disable-host-loopback',
    );
    expect(made.network.seal.map(({ stdin }) => stdin).join('')).not.toContain('dnat');
    expect(made.layers.network.mechanism).not.toContain('gateway');
  });

  it('falls short without address translation, and keeps the addresses', () => {
    const made = plan({ policy: { network: NAME }, facts: { attempts: { doors: said('no') } } });
    expect(made.downgrades).toMatchObject([{ layer: 'network', code: 'doors-failed' }]);
    expect(made.layers.network.status).toBe('downgraded');
    expect(made.network.seal.map(({ stdin }) => stdin).join('')).toContain('203.0.113.7');
  });

  it('leaves nobody a way out by whom only an unsealed one is found', () => {
    const made = plan({
      policy: { 'on-unavailable': 'degrade', network: ADDRESS },
      facts: { missing: ['slirp4netns'] },
    });
    expect(made.layers.network.mechanism).toContain("host's own network");
    expect(made.launch.hidden).not.toContain('--unshare-net');
  });
});
