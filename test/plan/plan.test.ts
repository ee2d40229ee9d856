import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TOOL_NAMES } from '../../src/capabilities/facts.ts';
import { LAYERS, type Plan } from '../../src/plan/types.ts';
import { plan, SCRATCH, type PlanOverrides } from '../fixtures/plan.ts';
import { NOT_TRIED, said } from '../fixtures/facts.ts';
import { named, WORKSPACE } from '../fixtures/site.ts';
import { addressEntries } from '../fixtures/policy.ts';
import { matchesAddress } from '../../src/policy/entries.ts';
import { load, verdictOn } from './ruleset-model.ts';

const FILESYSTEM_MODES = [
  'scratch-only',
  'scratch-plus-ro',
  'overlay',
  'workspace',
  'off',
] as const;
const NETWORK_MODES = ['deny', 'allowlist', 'audit', 'unrestricted'] as const;

const LIFTED = Object.fromEntries(
  [...['timeout', 'cpu-time', 'memory', 'processes', 'open-files', 'file-size', 'output']].map(
    (key) => [key, 'none'],
  ),
);

const ROOT = { uid: 0, gid: 0, realRoot: true, userName: 'root', home: '/root' };

const anyPlan: fc.Arbitrary<PlanOverrides> = fc.record({
  policy: fc.record({
    'on-unavailable': fc.constantFrom('fail', 'degrade'),
    network: fc.record({
      mode: fc.constantFrom(...NETWORK_MODES),
      allow: fc.subarray(['203.0.113.0/24', 'api.example.com', '[2001:db8::/32]:80', '0.0.0.0/0']),
      'block-metadata': fc.boolean(),
    }),
    filesystem: fc.record({
      mode: fc.constantFrom(...FILESYSTEM_MODES),
    }),
    resources: fc.record({
      processes: fc.constantFrom('none', 100),
      memory: fc.constantFrom('none', '1GiB'),
    }),
    privilege: fc.oneof(
      fc.record({ mode: fc.constantFrom('drop', 'inherit') }),
      fc.record({ uid: fc.constantFrom(1001, 4_000_000_000) }),
    ),
  }),
  facts: fc.record({
    missing: fc.subarray([...TOOL_NAMES]),
    identity: fc.constantFrom(
      {},
      ROOT,
      { uid: 0, gid: 0, realRoot: false, maxUid: 65_535 },
      { uid: 0, gid: 0, realRoot: true, sudoUid: 1001, sudoGid: 1002, maxUid: 500 },
    ),
    attempts: fc.constantFrom({}, { namespaces: said('Operation not permitted') }),
    host: fc.constantFrom({}, { platform: 'darwin' }, { arch: 'arm64' }, { arch: 'riscv64' }),
  }),
  site: fc.record({
    hide: fc.subarray([
      named(`${WORKSPACE}/secret`),
      named(`${WORKSPACE}/gone`, { kind: 'missing' }),
      named(`${WORKSPACE}/link`, { real: '/etc' }),
    ]),
  }),
});

describe('any plan', () => {
  it('never calls a network enforced that is the host`s, and never makes an allowlist bare', () => {
    fc.assert(
      fc.property(anyPlan, (overrides) => {
        const { network, layers, policy } = plan(overrides);
        const mode = policy.network.mode.value;
        expect([network.kind, layers.network.status]).not.toEqual(['host', 'enforced']);
        // An allowlist that allows nothing is a denial.
        const denied =
          mode === 'deny' || (mode === 'allowlist' && policy.network.allow.length === 0);
        expect(network.kind === 'bare' && !denied).toBe(false);
      }),
    );
  });

  it('tells layer, code, reason and remedy of each downgrade, and has one for each layer that fell short', () => {
    fc.assert(
      fc.property(anyPlan, (overrides) => {
        const { downgrades, layers } = plan(overrides);
        for (const { layer, code, reason, remedy } of downgrades) {
          expect(LAYERS).toContain(layer);
          for (const text of [code, reason, remedy]) expect(text).toMatch(/\S/);
        }
        for (const layer of LAYERS) {
          const short = ['downgraded', 'unavailable'].includes(layers[layer].status);
          expect([layer, downgrades.some((one) => one.layer === layer)]).toEqual([layer, short]);
          expect(layers[layer].mechanism).toMatch(/\S/);
        }
      }),
    );
  });

  it('is refused exactly when something fell short and the policy says fail', () => {
    fc.assert(
      fc.property(anyPlan, (overrides) => {
        const { refused, downgrades, policy } = plan(overrides);
        expect(refused).toBe(downgrades.length > 0 && policy.onUnavailable.value === 'fail');
      }),
    );
  });

  it('holds neither network nor files without a sandbox, and says so', () => {
    fc.assert(
      fc.property(anyPlan, (overrides) => {
        const { sandboxed, layers, network, filesystem, syscalls, launch } = plan(overrides);
        if (sandboxed) return;
        expect(layers.network.status).not.toBe('enforced');
        expect(layers.filesystem.status).not.toBe('enforced');
        expect(layers.syscalls.status).not.toBe('enforced');
        expect([network.kind, filesystem.mounts, filesystem.overlay]).toEqual(['host', [], null]);
        expect([launch.hidden, syscalls.filters]).toEqual([[], []]);
      }),
    );
  });

  it('never reaches an address that its policy does not allow', () => {
    const targets = ['203.0.113.7', '203.0.114.7', '10.0.2.2', '169.254.169.254', '2001:db8::1'];
    const packets = targets.flatMap((address) =>
      [80, 443].map((port) => ({ address, port, protocol: 'tcp' as const })),
    );
    fc.assert(
      fc.property(anyPlan, (overrides) => {
        const { network, layers, policy } = plan(overrides);
        const mode = policy.network.mode.value;
        if (layers.network.status !== 'enforced' || network.kind === 'bare') return;
        if (mode !== 'deny' && mode !== 'allowlist') return;
        const rules = network.seal.filter(({ argv }) => argv[1] === '-f').map(({ stdin }) => stdin);
        const entries = addressEntries(
          policy.network.allow.flatMap(({ value }) =>
            value.kind === 'address' ? [value.text] : [],
          ),
        );
        const refused = packets.filter(
          (packet) => mode === 'deny' || !entries.some((entry) => matchesAddress(entry, packet)),
        );
        for (const packet of refused) expect(verdictOn(load(rules), packet)).toBe('refuse');
      }),
    );
  });

  it('ends in the command as it was given', () => {
    const words = fc.array(fc.string(), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(anyPlan, words, (overrides, command) => {
        const { launch } = plan({ ...overrides, command });
        expect(launch.argv.slice(-command.length)).toEqual(command);
        // Whatever it looks like, no wrapper takes it for an option of its own.
        expect(launch.argv.at(-command.length - 1) ?? '--').toBe('--');
      }),
    );
  });

  it('keeps values of variables off the command line of what starts it', () => {
    fc.assert(
      fc.property(anyPlan, (overrides) => {
        const set = { TOKEN: 'a value that is nowhere else' };
        const { launch } = plan({
          ...overrides,
          policy: { ...overrides.policy, environment: { set } },
        });
        expect(launch.argv.join('\n')).not.toContain(set.TOKEN);
      }),
    );
  });
});

describe('the launch in a sandbox', () => {
  it('has namespaces, no capabilities, a session of its own and the filter', () => {
    const { launch } = plan();
    for (const option of [
      ...['--unshare-user', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup'],
      ...['--new-session', '--die-with-parent', '--cap-drop', '--add-seccomp-fd'],
    ]) {
      expect(launch.hidden).toContain(option);
    }
    expect(launch.hidden).not.toContain('--unshare-net');
    const bwrap = launch.argv.indexOf('/usr/bin/bwrap');
    expect(launch.argv.slice(bwrap, bwrap + 4)).toEqual(['/usr/bin/bwrap', '--args', '3', '--']);
    // bwrap's own pid 1 is bound by the limits too.
    expect(launch.argv[0]).toBe('/usr/bin/prlimit');
  });

  it('holds the command back at a gate, whose shell knows no variable by its name', () => {
    const gateOf = ({ launch: { argv } }: Plan): readonly string[] =>
      argv.slice(argv.indexOf('/bin/sh'));
    const made = plan({ policy: { environment: { set: { IFS: 'x', PPID: '1' } } } });
    const [shell, option, script, , env, empty, split = '', ...rest] = gateOf(made);
    expect([shell, option]).toEqual(['/bin/sh', '-c']);
    expect(script).toMatch(/ read .* \|\| exit 125; exec "\$@" 5>&-$/);
    expect([env, empty]).toEqual(['/usr/bin/env', '-i']);
    // In one word: uutils' env takes it for a variable otherwise.
    expect(split).toMatch(/^-S\w/);
    expect(rest).toEqual(['/usr/bin/prlimit', '--core=0:0', '--', 'npm', 'test']);

    const { hidden } = made.launch;
    const carried = new Map<string, string>();
    for (const [index, word] of hidden.entries())
      if (word === '--setenv') carried.set(hidden[index + 1] ?? '', hidden[index + 2] ?? '');
    expect([...carried.keys()].every((name) => /^V\d+$/.test(name))).toBe(true);
    const handedOver = split
      .slice(2)
      .split(' ')
      .map((assignment) => {
        const [, name = '', from = ''] = /^(\w+)=\$\{(V\d+)\}$/.exec(assignment) ?? [];
        return [name, carried.get(from)];
      });
    expect(handedOver).toEqual([...made.environment.variables]);
    expect(handedOver).toContainEqual(['IFS', 'x']);
  });

  it('makes its own network only where nobody else does', () => {
    expect(plan({ facts: { missing: ['nft'] } }).launch.hidden).toContain('--unshare-net');
  });

  it.each<[string, PlanOverrides['facts']]>([
    ['an ordinary user', {}],
    ['root', { identity: ROOT }],
    ['uid 0 of a user namespace', { identity: { ...ROOT, realRoot: false } }],
  ])('takes all capabilities, from %s that is inherited too', (_name, found) => {
    for (const mode of ['drop', 'inherit']) {
      const { hidden } = plan({ policy: { privilege: { mode } }, facts: found ?? {} }).launch;
      expect(hidden[hidden.indexOf('--cap-drop') + 1]).toBe('ALL');
      expect(hidden).not.toContain('--cap-add');
    }
  });

  it.each(['x64', 'arm64'])('has filters on %s, and nothing to tell', (arch) => {
    const { launch, layers, downgrades, syscalls } = plan({ facts: { host: { arch } } });
    const { hidden } = launch;
    const fds = hidden.flatMap((word, index) =>
      word === '--add-seccomp-fd' ? [hidden[index + 1]] : [],
    );
    expect(fds).toEqual(['6', '7']);
    expect(syscalls.filters.map(({ name }) => name)).toEqual(['base', 'default']);
    expect([layers.privilege.status, layers.syscalls.status]).toEqual(['enforced', 'enforced']);
    expect(downgrades).toEqual([]);
  });

  it('has no filter where the architecture has no table, and says so', () => {
    const made = plan({ facts: { host: { arch: 'riscv64' } } });
    const { launch, layers, downgrades, refused, syscalls } = made;
    expect(launch.hidden).not.toContain('--add-seccomp-fd');
    expect(syscalls.filters).toEqual([]);
    expect(downgrades.map(({ layer, code }) => [layer, code])).toEqual([
      ['syscalls', 'arch-unknown'],
      ['privilege', 'filter-missing'],
    ]);
    expect(layers.syscalls.status).toBe('unavailable');
    expect(downgrades[0]?.reason).toContain('riscv64');
    expect([layers.privilege.status, refused]).toEqual(['downgraded', true]);
  });

  it('misses no filter where privileges are inherited, and one where nothing is sealed', () => {
    const facts = { host: { arch: 'riscv64' } };
    const policy = { privilege: { mode: 'inherit' }, syscalls: { profile: 'off' } };
    const inherited = plan({ policy, facts });
    expect([inherited.layers.privilege.status, inherited.downgrades]).toEqual([
      'not-requested',
      [],
    ]);
    const bare = plan({ facts: { ...facts, missing: ['bwrap'] } });
    expect(bare.downgrades.map(({ code }) => code)).toContain('filter-missing');
    expect(bare.layers.privilege.status).toBe('downgraded');
  });
});

describe('two things that are missing', () => {
  const ALLOWLIST = { network: { mode: 'allowlist', allow: ['api.example.com'] } };
  const told = (policy: object, facts: PlanOverrides['facts'] = {}): string[] =>
    plan({ policy, facts }).downgrades.map(({ reason }) => reason);
  const tools = (reasons: readonly string[]): string[] =>
    TOOL_NAMES.filter((name) => reasons.some((reason) => reason.includes(`\`${name}\` was not`)));

  it.each([{}, ALLOWLIST])('are both told: %j', (policy) => {
    for (const identity of [{}, ROOT])
      for (const [at, one] of TOOL_NAMES.entries())
        for (const other of TOOL_NAMES.slice(at + 1)) {
          const alone = [one, other].flatMap((name) => told(policy, { missing: [name], identity }));
          // Without a sandbox more may be needed than each alone would take away.
          expect(tools(told(policy, { missing: [one, other], identity }))).toEqual(
            expect.arrayContaining(tools(alone)),
          );
        }
  });

  it('are both told where one is no program', () => {
    const facts = {
      missing: ['bwrap', 'slirp4netns'],
      hints: { maxUserNamespaces: 0 },
      attempts: { namespaces: said('Operation not permitted') },
    } as const;
    const codes = plan({ policy: ALLOWLIST, facts }).downgrades.map(
      ({ layer, code, reason }) => `${layer}/${code} ${/`\w+`/.exec(reason)?.[0] ?? ''}`,
    );
    expect(codes.slice(0, 3)).toEqual([
      ...['network/tool-missing `bwrap`', 'network/userns-disabled '],
      'network/tool-missing `slirp4netns`',
    ]);
  });

  it('are both told where the second could not be tried for want of the first', () => {
    const codes = (hints: object): string[] =>
      plan({
        policy: ALLOWLIST,
        facts: { missing: ['slirp4netns', 'pasta'], hints, attempts: { slirp4netns: NOT_TRIED } },
      }).downgrades.map(({ code }) => code);
    expect(codes({})).toEqual(['tool-missing']);
    expect(codes({ tunOpens: false })).toEqual(['tool-missing', 'tun-closed']);
    expect(codes({ tunExists: false, tunOpens: false })).toEqual(['tool-missing', 'tun-missing']);
  });
});

describe('root that is inherited', () => {
  const inherit = (policy: object = {}): Plan =>
    plan({ policy: { privilege: { mode: 'inherit' }, ...policy }, facts: { identity: ROOT } });

  it('weakens every layer that it could leave, and refuses the run', () => {
    const { layers, downgrades, refused } = inherit();
    expect(downgrades.map(({ layer, code }) => [layer, code])).toEqual([
      ['network', 'root-inherited'],
      ['filesystem', 'root-inherited'],
      ['resources', 'root-inherited'],
      ['syscalls', 'root-inherited'],
    ]);
    expect(LAYERS.map((layer) => layers[layer].status)).toEqual([
      ...['downgraded', 'downgraded', 'downgraded', 'not-requested', 'downgraded'],
      ...['enforced', 'not-requested'],
    ]);
    expect(refused).toBe(true);
  });

  it('runs where the policy puts up with it', () => {
    const { refused, launch } = inherit({ 'on-unavailable': 'degrade' });
    expect(refused).toBe(false);
    expect(launch.hidden.join(' ')).toContain('--uid 0 --gid 0');
  });

  it('weakens nothing that was not asked for', () => {
    const { layers, downgrades, refused } = inherit({
      network: { mode: 'unrestricted', 'block-metadata': false },
      filesystem: { mode: 'off' },
      resources: LIFTED,
      syscalls: { profile: 'off' },
    });
    expect([downgrades, refused]).toEqual([[], false]);
    expect(LAYERS.map((layer) => layers[layer].status)).toEqual([
      ...Array.from({ length: 5 }, () => 'not-requested'),
      'enforced',
      'not-requested',
    ]);
  });
});

describe('the launch without a sandbox', () => {
  const degrade = { 'on-unavailable': 'degrade' };

  it('still drops privileges and holds limits', () => {
    const { launch, refused } = plan({ policy: degrade, facts: { missing: ['bwrap'] } });
    expect(refused).toBe(false);
    expect(launch.argv.slice(0, 2)).toEqual(['/usr/bin/setpriv', '--no-new-privs']);
    expect(launch.argv).toContain('/usr/bin/prlimit');
    expect(launch.argv.some((word) => word.startsWith('--nproc'))).toBe(false);
  });

  it('sheds root', () => {
    const identity = { uid: 0, gid: 0, realRoot: true, sudoUid: 1001, sudoGid: 1002 };
    const { launch } = plan({ policy: degrade, facts: { missing: ['bwrap'], identity } });
    expect(launch.argv.join(' ')).toContain('--reuid 1001 --regid 1002 --clear-groups --');
  });

  it('is the command alone where nothing is left', () => {
    const missing = ['bwrap', 'setpriv', 'prlimit'] as const;
    const { launch } = plan({ policy: degrade, facts: { missing }, command: ['true', '-x'] });
    expect(launch.argv).toEqual(['true', '-x']);
  });
});

it('shows tools that were not found by their bare name', () => {
  const { tools, scratch } = plan({ facts: { missing: ['nft'] } });
  expect([tools.nft, tools.ip, scratch]).toEqual([['nft'], '/usr/bin/ip', SCRATCH]);
});
