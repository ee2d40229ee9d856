import { harmless } from '../base/text.ts';
import type { NameRefusal } from '../run/observations.ts';
import { nameCovers } from '../policy/entries.ts';
import { shortEntry } from '../policy/groups.ts';
import { parseHostName } from '../policy/host-names.ts';
import { portsCover } from '../policy/ports.ts';
import type { EgressEntry, NameEntry } from '../policy/types.ts';
import type { Blocked } from './blocked.ts';
import { yamlName } from './yaml.ts';

const HTTPS = 443;

/** Nobody refused these: the name is allowed, and what it leads to did not answer. */
const UNANSWERED: ReadonlySet<NameRefusal['check']> = new Set(['unresolved', 'unreachable']);

/** A connection to an allowed name that came to nothing on the far side. */
export function isUnanswered({ check }: NameRefusal): boolean {
  return UNANSWERED.has(check);
}

/** What the gateway did not let through, as everything else that was blocked. */
export function blockedNames(
  refusals: readonly NameRefusal[],
  expected: readonly EgressEntry[],
): Blocked[] {
  return refusals.map((refusal) => {
    const { name, port, count, process } = refusal;
    return {
      ...{ name, address: null, port, protocol: 'tcp', count, process },
      reason: reasonOf(refusal),
      expected: isUnanswered(refusal) || expected.some((entry) => isExpectedName(entry, refusal)),
      allow: entryFor(refusal),
      text: harmless(port === null ? name : `${name}:${port}`),
    };
  });
}

/** Whether the entry names the port of the name, or any port where it was only looked up. */
export function isExpectedName(
  entry: EgressEntry,
  { name, port }: Pick<NameRefusal, 'name' | 'port'>,
): boolean {
  if (entry.kind !== 'name') return false;
  const asked: NameEntry = { ...entry, host: name.toLowerCase(), wildcard: false };
  return (
    nameCovers(entry, asked) &&
    (port === null || portsCover(entry.ports, [{ from: port, to: port }]))
  );
}

function reasonOf({ check, seen }: NameRefusal): string {
  const other = seen === null ? '' : `: ${seen}`;
  switch (check) {
    case 'not-allowed':
      return 'not in network.allow';
    case 'not-tls':
      return 'it did not begin with TLS';
    case 'no-sni':
      return 'its TLS hello names no server';
    case 'other-sni':
      return `its TLS hello names another server${other}`;
    case 'encrypted-hello':
      return 'its TLS hello is encrypted, so the server it is for cannot be seen';
    case 'hello-too-long':
      return 'its TLS hello is too long';
    case 'hello-timeout':
      return 'its TLS hello never came to an end';
    case 'bad-request':
      return `its HTTP request cannot be read in one way only${other}`;
    case 'other-host':
      return `its HTTP request is for another host${other}`;
    case 'proxy-request':
      return 'its HTTP request is one for a proxy';
    case 'upgrade-refused':
      return `its HTTP request asks for another protocol${other}`;
    case 'request-timeout':
      return 'its HTTP request never came to an end';
    case 'unresolved':
      return `the name has no address${other}`;
    case 'forbidden-address':
      return `the name leads to an address that no name may lead to${other}`;
    case 'unreachable':
      return `its server could not be reached${other}`;
    case 'too-many-connections':
      return 'too many connections at a time';
  }
}

/** What to write into `network.allow`; null where no entry would help, or none can have the name. */
function entryFor({ name, port, check }: NameRefusal): string | null {
  const read = parseHostName(name);
  if (!read.ok || read.value.wildcard) return null;
  const { host } = read.value;
  if (check === 'not-allowed')
    return port === null || port === HTTPS ? shortEntry(host) : `${host}:${port}`;
  if (check === 'not-tls' || check === 'no-sni')
    return `{host: ${yamlName(host)}, port: ${port ?? HTTPS}, tls: off}`;
  return null;
}
