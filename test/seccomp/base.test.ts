import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { baseProfile } from '../../src/seccomp/base.ts';
import { compileProfile } from '../../src/seccomp/compile.ts';
import { ARCHITECTURES, type Arch } from '../../src/seccomp/syscalls.ts';
import { runFilter } from './bpf.ts';
import { ALLOW, AUDIT, errno, KILL_PROCESS } from './meaning.ts';

const EPERM = errno(1);
const ENOSYS = errno(38);
const EAFNOSUPPORT = errno(97);
const ARCHES = ['x64', 'arm64'] as const;
const LOW = 0xffffffffn;
const NEW_USER = 0x10000000n;

const FILTERS = {
  x64: compileProfile(baseProfile(), 'x64').filter,
  arm64: compileProfile(baseProfile(), 'arm64').filter,
};

function verdict(arch: Arch, call: string, ...args: bigint[]): number {
  const number = ARCHITECTURES[arch].numbers.get(call);
  if (number === undefined) throw new Error(`no ${call} on ${arch}`);
  return runFilter(FILTERS[arch], { number, audit: AUDIT[arch], args }).verdict;
}

describe.each(ARCHES)('the base filter on %s', (arch) => {
  it.each<[string, string, bigint[], number]>([
    ['the keys of a session', 'keyctl', [0n], ENOSYS],
    ['adding a key', 'add_key', [], ENOSYS],
    ['asking for a key', 'request_key', [], ENOSYS],
    ['a ring of its own', 'io_uring_setup', [8n], ENOSYS],
    ['flags behind a pointer', 'clone3', [0x7fff0000n, 88n], ENOSYS],
    ['a user namespace', 'unshare', [NEW_USER], EPERM],
    ['a user namespace for a child', 'clone', [NEW_USER | 17n], EPERM],
    ['a user namespace, with more', 'unshare', [NEW_USER | 0x40020000n], EPERM],
    ['vsock', 'socket', [40n, 1n, 0n], EAFNOSUPPORT],
    ['vsock, with what the kernel does not read', 'socket', [40n | (1n << 40n), 1n], EAFNOSUPPORT],
    ['typing into a terminal', 'ioctl', [0n, 0x5412n], EPERM],
    ['the same, with what the kernel does not read', 'ioctl', [0n, 0x5412n | (1n << 32n)], EPERM],
    ['pasting into a console', 'ioctl', [0n, 0x541cn], EPERM],
    ['a fork', 'clone', [17n], ALLOW],
    ['a network of its own, in the end EPERM', 'unshare', [0x40000000n], ALLOW],
    ['a socket', 'socket', [2n, 1n, 0n], ALLOW],
    ['the size of a window', 'ioctl', [0n, 0x5413n], ALLOW],
    ['reading', 'read', [], ALLOW],
  ])('answers to %s', (_name, call, args, expected) => {
    expect(verdict(arch, call, ...args)).toBe(expected);
  });

  it('refuses nothing else, whatever the arguments', () => {
    const { numbers } = ARCHITECTURES[arch];
    const judged = ['keyctl', 'add_key', 'request_key', 'io_uring_setup', 'clone3'];
    const others = [...numbers.keys()].filter((name) => !judged.includes(name));
    fc.assert(
      fc.property(
        fc.constantFrom(...others),
        fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { minLength: 6, maxLength: 6 }),
        (call, args) => {
          const [first = 0n, second = 0n] = args;
          const refused =
            (['clone', 'unshare'].includes(call) && (first & NEW_USER) !== 0n) ||
            (call === 'socket' && (first & LOW) === 40n) ||
            (call === 'ioctl' && [0x5412n, 0x541cn].includes(second & LOW));
          expect(verdict(arch, call, ...args) === ALLOW).toBe(!refused);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('ends a process that calls as on another architecture', () => {
    const filter = FILTERS[arch];
    for (const audit of [0x40000003, AUDIT[arch === 'x64' ? 'arm64' : 'x64'], 0])
      expect(runFilter(filter, { number: 0, audit }).verdict).toBe(KILL_PROCESS);
  });
});

it('ends a process that makes a call of x32', () => {
  const call = { number: 0x40000000 | 39, audit: AUDIT.x64 };
  expect(runFilter(FILTERS.x64, call).verdict).toBe(KILL_PROCESS);
});
