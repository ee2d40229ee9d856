import type { Finding, Path } from './findings.ts';
import { printable } from './reading.ts';

/** The options of the command line that say what a policy could say, as they were typed. */
export interface PolicyFlags {
  readonly network?: string;
  readonly allow?: readonly string[];
  readonly filesystem?: string;
  readonly onUnavailable?: string;
  readonly syscalls?: string;
  readonly timeout?: string;
  /** `NAME` to pass a variable on, or `NAME=VALUE` to set it. */
  readonly env?: readonly string[];
}

/** The options in the shape of a policy document. */
export interface FlagDocument {
  readonly value: object;
  readonly findings: readonly Finding[];
  readonly flagOf: (path: Path) => string;
}

const FLAGS: Readonly<Record<string, string>> = {
  'on-unavailable': '--on-unavailable',
  'network.mode': '--network',
  'network.allow': '--allow',
  'filesystem.mode': '--filesystem',
  'resources.timeout': '--timeout',
  'syscalls.profile': '--syscalls',
  'environment.pass': '--env',
  'environment.set': '--env',
};

export function flagDocument(flags: PolicyFlags): FlagDocument {
  const { pass, set, findings } = environmentOf(flags.env ?? []);
  const value = {
    version: 1,
    'on-unavailable': flags.onUnavailable,
    network: { mode: flags.network, allow: flags.allow },
    filesystem: { mode: flags.filesystem },
    resources: { timeout: flags.timeout },
    syscalls: { profile: flags.syscalls },
    environment: { pass, set },
  };
  return { value, findings, flagOf: (path) => FLAGS[path.slice(0, 2).join('.')] ?? 'command line' };
}

function environmentOf(variables: readonly string[]) {
  const set = new Map<string, string>();
  const findings: Finding[] = [];
  for (const text of variables.filter((variable) => variable.includes('='))) {
    const end = text.indexOf('=');
    const name = text.slice(0, end);
    if (set.has(name)) {
      const message = `\`${printable(name)}\` is set twice`;
      findings.push({
        path: ['environment', 'set', name],
        message,
        expected: 'each variable once',
      });
    }
    set.set(name, text.slice(end + 1));
  }
  const pass = variables.filter((variable) => !variable.includes('='));
  // Nothing said is not the same as an empty list or map: a source would have to be named for it.
  return {
    pass: pass.length > 0 ? pass : undefined,
    set: set.size > 0 ? Object.fromEntries(set) : undefined,
    findings,
  };
}
