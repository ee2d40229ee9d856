import { matchesAddress, nameCovers } from '../policy/entries.ts';
import { portsCover } from '../policy/ports.ts';
import type { EgressEntry, NameEntry, Sourced } from '../policy/types.ts';
import type { Plan } from '../plan/types.ts';
import type { EgressObservations, EgressRecord, NameRefusal } from '../run/observations.ts';
import { isUnanswered } from './names.ts';

type Dialled = Pick<NameRefusal, 'name' | 'port'>;

/** Entries that a run could have done without, and groups of which it used nothing; none where the list says nothing, or not all was listed. */
export function unusedEntries(plan: Plan, egress: EgressObservations): string[] {
  const { mode, allow } = plan.policy.network;
  const cutShort = egress.allowedNotListed + (egress.names?.trafficNotListed ?? 0) > 0;
  if (mode.value !== 'allowlist' || cutShort) return [];
  const traffic = [
    ...(egress.names?.traffic ?? []),
    ...(egress.names?.refusals ?? []).filter(isUnanswered),
  ];
  const used = allow.filter(({ value }) => isUsed(value, egress.allowed, traffic));
  const words = new Set(used.map(wordOf));
  return [...new Set(allow.map(wordOf))].filter((word) => !words.has(word));
}

/** As the policy has it: a group by its own word, whatever it stands for. */
function wordOf({ value, source }: Sourced<EgressEntry>): string {
  return source.group?.name ?? value.text;
}

function isUsed(
  entry: EgressEntry,
  reached: readonly EgressRecord[],
  traffic: readonly Dialled[],
): boolean {
  if (entry.kind === 'name') return traffic.some((one) => leadsTo(entry, one));
  return reached.some(({ address, port, protocol }) => {
    const known = protocol === 'ipv6-icmp' ? 'icmp' : protocol;
    return (
      (known === 'tcp' || known === 'udp' || known === 'icmp') &&
      matchesAddress(entry, { address, port, protocol: known })
    );
  });
}

function leadsTo(entry: NameEntry, { name, port }: Dialled): boolean {
  const asked = { ...entry, host: name, wildcard: false };
  return (
    port !== null && nameCovers(entry, asked) && portsCover(entry.ports, [{ from: port, to: port }])
  );
}
