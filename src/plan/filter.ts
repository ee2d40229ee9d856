interface Architecture {
  /** AUDIT_ARCH_* */
  readonly audit: number;
  /** add_key, request_key, keyctl: a session keyring is inherited across every namespace. */
  readonly keyring: readonly number[];
  /** It makes sockets that no filter sees. */
  readonly ioUringSetup: number;
  readonly socket: number;
  readonly clone: number;
  readonly unshare: number;
  /** Its flags lie behind a pointer, where no filter can look; without it libc falls back to clone. */
  readonly clone3: number;
  /** Calls with the x32 bit are other calls. */
  readonly x32: boolean;
}

/** Numbers from the kernel's uapi: audit.h, seccomp.h, and each architecture's unistd.h. */
const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  x64: {
    audit: 0xc000003e,
    keyring: [248, 249, 250],
    ioUringSetup: 425,
    socket: 41,
    clone: 56,
    unshare: 272,
    clone3: 435,
    x32: true,
  },
  arm64: {
    audit: 0xc00000b7,
    keyring: [217, 218, 219],
    ioUringSetup: 425,
    socket: 198,
    clone: 220,
    unshare: 97,
    clone3: 435,
    x32: false,
  },
};

const LOAD_WORD = 0x20;
const JUMP_EQUAL = 0x15;
const JUMP_GREATER_EQUAL = 0x35;
const JUMP_ANY_BIT = 0x45;
const RETURN = 0x06;

const ALLOW = 0x7fff0000;
const ERRNO = 0x00050000;
const KILL_PROCESS = 0x80000000;
const EPERM = 1;
const ENOSYS = 38;
const EAFNOSUPPORT = 97;

const X32_BIT = 0x40000000;
/** Sockets between a virtual machine and its host: no network namespace holds them. */
const AF_VSOCK = 40;
/** In a user namespace of its own a step has every capability, and undoes mounts that guard it. */
const CLONE_NEWUSER = 0x10000000;

/** Offsets in struct seccomp_data; of an argument the low word. */
const NR = 0;
const ARCH = 4;
const ARGUMENT_0 = 16;

type Verdict = 'allow' | 'absent' | 'no-family' | 'forbidden';
/** One test of the loaded word. Without a verdict the next one is tried. */
type Target = Verdict | 'flags';
type Test = readonly [code: number, k: number, ifTrue: Target | null, ifFalse: Target | null];

/**
 * The seccomp filter that every sandbox has, as `struct sock_filter[]`: it shuts what namespaces do
 * not, the kernel's keyrings and vsock, and user namespaces of the step's own. Calls of another architecture end the process, because
 * their numbers mean other things. null for an architecture without a table.
 */
export function baseFilter(arch: string): Uint8Array | null {
  const table = ARCHITECTURES[arch];
  if (table === undefined) return null;
  const tests: Test[] = [
    [LOAD_WORD, NR, null, null],
    ...(table.x32 ? [[JUMP_GREATER_EQUAL, X32_BIT, 'absent', null] as const] : []),
    ...[...table.keyring, table.ioUringSetup, table.clone3].map(
      (nr) => [JUMP_EQUAL, nr, 'absent', null] as const,
    ),
    [JUMP_EQUAL, table.clone, 'flags', null],
    [JUMP_EQUAL, table.unshare, 'flags', null],
    [JUMP_EQUAL, table.socket, null, 'allow'],
    [LOAD_WORD, ARGUMENT_0, null, null],
    [JUMP_EQUAL, AF_VSOCK, 'no-family', 'allow'],
  ];
  const flags: Test[] = [
    [LOAD_WORD, ARGUMENT_0, null, null],
    [JUMP_ANY_BIT, CLONE_NEWUSER, 'forbidden', 'allow'],
  ];
  const all = [...tests, ...flags];
  const verdicts = ['allow', 'absent', 'no-family', 'forbidden'];
  const distance = (from: number, to: Target | null): number => {
    if (to === null) return 0;
    const at = to === 'flags' ? tests.length : all.length + verdicts.indexOf(to);
    return at - from - 1;
  };
  return encode([
    [LOAD_WORD, 0, 0, ARCH],
    [JUMP_EQUAL, 1, 0, table.audit],
    [RETURN, 0, 0, KILL_PROCESS],
    ...all.map(([code, k, ifTrue, ifFalse], index): Instruction => [
      code,
      distance(index, ifTrue),
      distance(index, ifFalse),
      k,
    ]),
    [RETURN, 0, 0, ALLOW],
    [RETURN, 0, 0, ERRNO | ENOSYS],
    [RETURN, 0, 0, ERRNO | EAFNOSUPPORT],
    [RETURN, 0, 0, ERRNO | EPERM],
  ]);
}

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, k: number];

function encode(program: readonly Instruction[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(program.length * 8));
  program.forEach(([code, ifTrue, ifFalse, k], index) => {
    bytes.setUint16(index * 8, code, true);
    bytes.setUint8(index * 8 + 2, ifTrue);
    bytes.setUint8(index * 8 + 3, ifFalse);
    bytes.setUint32(index * 8 + 4, k >>> 0, true);
  });
  return new Uint8Array(bytes.buffer);
}
