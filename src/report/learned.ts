import { harmless } from '../base/text.ts';
import { shortEntry } from '../policy/groups.ts';
import { yamlText } from './yaml.ts';
import { entryOf } from './egress.ts';
import type { EffectiveSandbox } from './schema.ts';

type Reached = NonNullable<EffectiveSandbox['egress']>['allowed'][number];

interface Line {
  readonly entry: string;
  readonly comment: string;
}

/** These begin with something that the gateway can check; whatever else flows is not looked at. */
const CHECKED_PORTS: ReadonlySet<number | null> = new Set([80, 443]);

/**
 * The smallest policy that allows just what a run in mode `audit` reached, as YAML with a comment on
 * who used what. Null where nothing was recorded, and so nothing could be learned.
 */
export function learnedPolicy(report: EffectiveSandbox): string | null {
  if (report.egress === null) return null;
  const { allowed, allowedNotListed } = report.egress;
  const lines = [...namedLines(allowed), ...addressLines(allowed)];
  const command = harmless(report.command.join(' ')).slice(0, 200);
  return [
    `# What this reached, and no more: ${command}`,
    ...(allowedNotListed > 0
      ? [`# There was more than could be listed: ${allowedNotListed} attempts are missing here.`]
      : []),
    'version: 1',
    'network:',
    ...(lines.length === 0
      ? ['  mode: deny']
      : [
          '  mode: allowlist',
          '  allow:',
          ...lines.map(({ entry, comment }) => `    - ${yamlText(entry)}  # ${comment}`),
        ]),
    ...namelessLines(allowed),
    '',
  ].join('\n');
}

/** A line for the checked ports of each name, and one for each other port. */
function namedLines(allowed: readonly Reached[]): Line[] {
  const tcp = allowed.filter(({ name, protocol }) => name !== undefined && protocol === 'tcp');
  const names = [...new Set(tcp.map(({ name }) => name ?? ''))].toSorted();
  return names.flatMap((name) => {
    const records = tcp.filter((record) => record.name === name);
    const checked = records.filter(({ port }) => CHECKED_PORTS.has(port));
    const others = records.filter(({ port }) => !CHECKED_PORTS.has(port));
    const ports = checked.map(({ port }) => port ?? 0).toSorted((a, b) => a - b);
    const plain =
      ports.length === 1 && ports[0] === 443 ? shortEntry(name) : `${name}:${ports.join(',')}`;
    return [
      ...(checked.length === 0 ? [] : [{ entry: plain, comment: usedBy(checked) }]),
      ...others.map((record) => ({
        entry: `{host: ${name}, port: ${record.port}, tls: off}`,
        comment: `${usedBy([record])}; leave out \`tls: off\` if it is TLS`,
      })),
    ];
  });
}

function addressLines(allowed: readonly Reached[]): Line[] {
  return allowed.flatMap((record) => {
    if (record.name !== undefined || record.address === null) return [];
    const entry = entryOf({ ...record, address: record.address });
    return entry === null ? [] : [{ entry, comment: usedBy([record]) }];
  });
}

/** What went to a name and cannot be allowed by it. */
function namelessLines(allowed: readonly Reached[]): string[] {
  return allowed
    .filter(({ name, protocol }) => name !== undefined && protocol !== 'tcp')
    .map(({ name, port, protocol }) => {
      const where = `${name}${port === null ? '' : `:${port}`}`;
      return `# ${protocol} to ${where} cannot be allowed: names are reached over tcp only`;
    });
}

function usedBy(records: readonly Reached[]): string {
  const who = [
    ...new Set(records.map(({ process }) => process).filter((one) => typeof one === 'string')),
  ];
  const count = records.reduce((sum, one) => sum + one.count, 0);
  const what = records[0]?.protocol === 'tcp' ? 'connection' : 'packet';
  const times = `${count} ${what}${count === 1 ? '' : 's'}`;
  return who.length === 0 ? times : `${harmless(who.join(', '))}: ${times}`;
}
