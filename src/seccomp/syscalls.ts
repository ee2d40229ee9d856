import { accept, refuse, shown, type Reading } from '../policy/reading.ts';
import { suggestion } from '../policy/suggestion.ts';
import { AARCH64 } from './tables/aarch64.ts';
import { ELSEWHERE } from './tables/elsewhere.ts';
import { X86_64 } from './tables/x86_64.ts';

/** An architecture that filters are made for, as Node names it. */
export type Arch = 'x64' | 'arm64';

export interface Architecture {
  /** AUDIT_ARCH_* of linux/audit.h. */
  readonly audit: number;
  /** What profiles call it: in `includes` and `excludes`, in `architectures`, and in prose. */
  readonly alias: string;
  readonly token: string;
  readonly label: string;
  readonly numbers: ReadonlyMap<string, number>;
  /** Numbers with bit 30 are calls of the x32 ABI. */
  readonly x32: boolean;
}

export const ARCHITECTURES: Readonly<Record<Arch, Architecture>> = {
  x64: {
    audit: 0xc000003e,
    alias: 'amd64',
    token: 'SCMP_ARCH_X86_64',
    label: 'x86_64',
    numbers: new Map(Object.entries(X86_64)),
    x32: true,
  },
  arm64: {
    audit: 0xc00000b7,
    alias: 'arm64',
    token: 'SCMP_ARCH_AARCH64',
    label: 'aarch64',
    numbers: new Map(Object.entries(AARCH64)),
    x32: false,
  },
};

const OURS = new Set([...ARCHITECTURES.x64.numbers.keys(), ...ARCHITECTURES.arm64.numbers.keys()]);
const KNOWN = new Set([...OURS, ...ELSEWHERE]);

export function isArch(arch: string): arch is Arch {
  return Object.hasOwn(ARCHITECTURES, arch);
}

/** The name of a system call of any architecture; for any other text the nearest name. */
export function readSyscall(raw: unknown): Reading<string> {
  if (typeof raw === 'string' && KNOWN.has(raw)) return accept(raw);
  const guess = typeof raw === 'string' ? nearest(raw) : null;
  const hint = guess === null ? '' : ` (did you mean \`${guess}\`?)`;
  return refuse(
    `${shown(raw)} is not a system call`,
    `the name of a system call, such as \`openat\`${hint}`,
  );
}

/** Among names that begin alike, so that a file full of wrong names takes no minutes. */
function nearest(written: string): string | null {
  const letter = written.charAt(0).toLowerCase();
  const alike = [...OURS, ...ELSEWHERE].filter((name) => name.startsWith(letter));
  return suggestion(written, alike);
}
