import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { baseFilter } from '../../src/plan/filter.ts';

/** Of struct seccomp_data what the filter looks at. */
interface Call {
  readonly nr: number;
  readonly arch: number;
  /** The first argument. */
  readonly first?: number;
}

const X64 = 0xc000003e;
const ARM64 = 0xc00000b7;
const ALLOW = 0x7fff0000;
const ENOSYS = 0x00050026;
const EAFNOSUPPORT = 0x00050061;
const EPERM = 0x00050001;
const KILL = 0x80000000;

/** Runs classic BPF as the kernel does, and refuses what the kernel would not load. */
function run(bytes: Uint8Array, { nr, arch, first = 0 }: Call): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.byteLength / 8;
  let accumulator = 0;
  for (let at = 0; at < length; at += 1) {
    const code = view.getUint16(at * 8, true);
    const [whenTrue, whenFalse] = [view.getUint8(at * 8 + 2), view.getUint8(at * 8 + 3)];
    const k = view.getUint32(at * 8 + 4, true);
    if (code === 0x20) accumulator = k === 0 ? nr : k === 4 ? arch : k === 16 ? first : Number.NaN;
    else if (code === 0x15) at += accumulator === k ? whenTrue : whenFalse;
    else if (code === 0x35) at += accumulator >= k ? whenTrue : whenFalse;
    else if (code === 0x45) at += (accumulator & k) !== 0 ? whenTrue : whenFalse;
    else if (code === 0x06) return k;
    else throw new Error(`unknown instruction ${code}`);
  }
  throw new Error('the program runs past its end');
}

const HOSTS = {
  x64: { audit: X64, absent: [248, 249, 250, 425, 435], socket: 41, flags: [56, 272], x32: true },
  arm64: {
    audit: ARM64,
    absent: [217, 218, 219, 425, 435],
    socket: 198,
    flags: [220, 97],
    x32: false,
  },
} as const;
type Host = keyof typeof HOSTS;

/** The same, read off the words. */
function meant(host: Host, { nr, arch, first = 0 }: Call): number {
  const { audit, absent, socket, flags, x32 } = HOSTS[host];
  if (arch !== audit) return KILL;
  if (x32 && nr >= 0x40000000) return ENOSYS;
  if ((absent as readonly number[]).includes(nr)) return ENOSYS;
  if ((flags as readonly number[]).includes(nr)) return first & 0x10000000 ? EPERM : ALLOW;
  return nr === socket && first === 40 ? EAFNOSUPPORT : ALLOW;
}

function filterOf(host: string): Uint8Array {
  const filter = baseFilter(host);
  if (filter === null) throw new Error(`no filter for ${host}`);
  return filter;
}

describe('baseFilter', () => {
  it.each<[Host, string, Call, number]>([
    ['x64', 'read', { nr: 0, arch: X64 }, ALLOW],
    ['x64', 'add_key', { nr: 248, arch: X64 }, ENOSYS],
    ['x64', 'request_key', { nr: 249, arch: X64 }, ENOSYS],
    ['x64', 'keyctl', { nr: 250, arch: X64 }, ENOSYS],
    ['x64', 'the call before them', { nr: 247, arch: X64 }, ALLOW],
    ['x64', 'the call after them', { nr: 251, arch: X64 }, ALLOW],
    ['x64', 'x32 keyctl', { nr: 0x40000000 + 250, arch: X64 }, ENOSYS],
    ['x64', 'the first x32 call', { nr: 0x40000000, arch: X64 }, ENOSYS],
    ['x64', 'the last number before x32', { nr: 0x3fffffff, arch: X64 }, ALLOW],
    ['x64', 'i386', { nr: 288, arch: 0x40000003 }, KILL],
    ['x64', 'io_uring_setup', { nr: 425, arch: X64 }, ENOSYS],
    ['x64', 'a vsock socket', { nr: 41, arch: X64, first: 40 }, EAFNOSUPPORT],
    ['x64', 'an IPv4 socket', { nr: 41, arch: X64, first: 2 }, ALLOW],
    ['x64', 'another call with the same first argument', { nr: 42, arch: X64, first: 40 }, ALLOW],
    ['x64', 'a thread', { nr: 56, arch: X64, first: 0x3d0f00 }, ALLOW],
    ['x64', 'clone with a user namespace', { nr: 56, arch: X64, first: 0x10000011 }, EPERM],
    [
      'x64',
      'unshare of a user and a mount namespace',
      { nr: 272, arch: X64, first: 0x10020000 },
      EPERM,
    ],
    ['x64', 'unshare of files', { nr: 272, arch: X64, first: 0x400 }, ALLOW],
    ['x64', 'clone3', { nr: 435, arch: X64 }, ENOSYS],
    ['arm64', 'clone with a user namespace', { nr: 220, arch: ARM64, first: 0x10000011 }, EPERM],
    ['arm64', 'a vsock socket', { nr: 198, arch: ARM64, first: 40 }, EAFNOSUPPORT],
    ['arm64', 'add_key', { nr: 217, arch: ARM64 }, ENOSYS],
    ['arm64', 'keyctl', { nr: 219, arch: ARM64 }, ENOSYS],
    ['arm64', 'the call after them', { nr: 220, arch: ARM64 }, ALLOW],
    ['arm64', 'arm', { nr: 311, arch: 0x40000028 }, KILL],
    ['arm64', 'x64', { nr: 0, arch: X64 }, KILL],
  ])('%s: %s', (host, _name, call, expected) => {
    expect(run(filterOf(host), call)).toBe(expected);
  });

  it('does for any call what is meant', () => {
    const nr = fc.oneof(
      fc.nat(500),
      fc.constantFrom(41, 198, 425, 435, 56, 272, 97, 220),
      fc.nat(0xffffffff),
      fc.integer({ min: 0x3ffffff0, max: 0x40000200 }),
    );
    const first = fc.oneof(
      fc.integer({ min: 38, max: 42 }),
      fc.nat(0xffffffff),
      fc.nat(0xffff).map((low) => 0x10000000 + low),
    );
    const arch = fc.oneof(fc.constantFrom(X64, ARM64, 0x40000003), fc.nat(0xffffffff));
    fc.assert(
      fc.property(
        fc.constantFrom<Host>('x64', 'arm64'),
        fc.record({ nr, arch, first }),
        (host, call) => {
          expect(run(filterOf(host), call)).toBe(meant(host, call));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each(['riscv64', 'ia32', ''])('has none for %j', (arch) => {
    expect(baseFilter(arch)).toBeNull();
  });
});
