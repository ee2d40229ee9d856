import compiled from '../../seccomp/compiled.bpf.json' with { type: 'json' };
import type { BuiltinName } from './builtin.ts';
import type { CompiledProfile } from './compile.ts';
import type { Arch } from './syscalls.ts';

/** A profile that comes with Glovebox, as it is: compiled already, since that would take longer than the rest of a plan. */
export function compiledBuiltin(name: BuiltinName | 'base', arch: Arch): CompiledProfile {
  const { rules, filter } = compiled[name][arch];
  const bytes = filter.match(/../g) ?? [];
  return { rules, filter: Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 16)), notes: [] };
}
