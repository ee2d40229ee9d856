/** Numbers from the kernel's uapi: audit.h, seccomp.h, and each architecture's unistd.h. */
const ARCHITECTURES: Readonly<
  Record<string, { audit: number; keyring: readonly number[]; x32: boolean }>
> = {
  // add_key, request_key, keyctl
  x64: { audit: 0xc000003e, keyring: [248, 249, 250], x32: true },
  arm64: { audit: 0xc00000b7, keyring: [217, 218, 219], x32: false },
};

const LOAD_WORD = 0x20;
const JUMP_EQUAL = 0x15;
const JUMP_GREATER_EQUAL = 0x35;
const RETURN = 0x06;

const ALLOW = 0x7fff0000;
const ENOSYS = 0x00050000 | 38;
const KILL_PROCESS = 0x80000000;
const X32_BIT = 0x40000000;

/** Offsets in struct seccomp_data. */
const NR = 0;
const ARCH = 4;

/**
 * A seccomp filter, as `struct sock_filter[]`, that answers the keyring calls with ENOSYS: a session
 * keyring is inherited across every namespace. Calls of another architecture end the process,
 * because their numbers mean other things. null for an architecture without a table.
 */
export function keyringFilter(arch: string): Uint8Array | null {
  const table = ARCHITECTURES[arch];
  if (table === undefined) return null;
  const { audit, keyring, x32 } = table;
  const program: [code: number, ifTrue: number, ifFalse: number, k: number][] = [
    [LOAD_WORD, 0, 0, ARCH],
    [JUMP_EQUAL, 1, 0, audit],
    [RETURN, 0, 0, KILL_PROCESS],
    [LOAD_WORD, 0, 0, NR],
    ...(x32
      ? ([[JUMP_GREATER_EQUAL, keyring.length + 1, 0, X32_BIT]] as [
          number,
          number,
          number,
          number,
        ][])
      : []),
    ...keyring.map((nr, index): [number, number, number, number] => [
      JUMP_EQUAL,
      keyring.length - index,
      0,
      nr,
    ]),
    [RETURN, 0, 0, ALLOW],
    [RETURN, 0, 0, ENOSYS],
  ];
  const bytes = new DataView(new ArrayBuffer(program.length * 8));
  program.forEach(([code, ifTrue, ifFalse, k], index) => {
    bytes.setUint16(index * 8, code, true);
    bytes.setUint8(index * 8 + 2, ifTrue);
    bytes.setUint8(index * 8 + 3, ifFalse);
    bytes.setUint32(index * 8 + 4, k >>> 0, true);
  });
  return new Uint8Array(bytes.buffer);
}
