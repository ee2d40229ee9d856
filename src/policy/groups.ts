import type { Problem } from '../base/errors.ts';
import { parseEntry } from './entries.ts';
import type { EgressEntry, GroupName, PolicyValues, Source, Sourced } from './types.ts';

export const GROUP_NAMES: readonly GroupName[] = ['apt', 'cargo', 'github', 'go', 'npm', 'pip'];

/** A URL that a tool fetches from, and what says so: a file, a variable, or the tool itself. */
export interface Configured {
  readonly url: string;
  readonly from: string;
}

/** An entry of a group, and what says so. */
export interface GroupMember {
  readonly entry: EgressEntry;
  readonly from: string;
}

/** What a group stands for on one machine. */
export interface Expansion {
  /** Empty where nothing on the machine says anything. */
  readonly members: readonly GroupMember[];
  /** What would have to be there, for a group that has no members. */
  readonly expected: string;
}

export type Expansions = ReadonlyMap<GroupName, Expansion>;

/** The group that a text is the word of; null for any other text. */
export function groupNamed(text: string): GroupName | null {
  return GROUP_NAMES.find((name) => name === text.toLowerCase()) ?? null;
}

/** A name alone, which means port 443; with the port where the name alone would be a group. */
export function shortEntry(name: string): string {
  return groupNamed(name) === null ? name : `${name}:443`;
}

/** Where a URL leads to: its host and port. Null for what is not http or https. Never has a user or a path. */
export function entryOfUrl(url: string): EgressEntry | null {
  const plain = url.trim().replace(/^sparse\+/, '');
  if (!/^https?:\/\//i.test(plain) || !URL.canParse(plain)) return null;
  const { protocol, hostname, port } = new URL(plain);
  // One host is meant, and an entry would read this as many.
  if (hostname.includes('*')) return null;
  const standard = protocol === 'http:' ? '80' : '443';
  const read = parseEntry(`${hostname}:${port === '' ? standard : port}`);
  return read.ok ? read.value : null;
}

/** The entries of what is configured, each once with the first that says so; what is no URL is left out. */
export function membersOf(configured: readonly Configured[]): GroupMember[] {
  const byText = new Map<string, GroupMember>();
  for (const { url, from } of configured) {
    const entry = entryOfUrl(url);
    if (entry !== null && !byText.has(entry.text)) byText.set(entry.text, { entry, from });
  }
  return [...byText.values()];
}

/** The values with the entries of their groups after their own, and a problem for each group without any. */
export function expandGroups(
  values: PolicyValues,
  expansions: Expansions,
): { readonly values: PolicyValues; readonly problems: readonly Problem[] } {
  const { groups = [], ...network } = values.network ?? {};
  if (groups.length === 0) return { values, problems: [] };
  const entries = groups.flatMap((group) => entriesOf(group, expansions));
  return {
    values: { ...values, network: { ...network, allow: [...(network.allow ?? []), ...entries] } },
    problems: groups.flatMap((group) => problemOf(group, expansions)),
  };
}

function entriesOf(
  { value: name, source }: Sourced<GroupName>,
  expansions: Expansions,
): Sourced<EgressEntry>[] {
  const members = expansions.get(name)?.members ?? [];
  return members.map(({ entry, from }) => ({
    value: entry,
    source: { ...source, group: { name, from } },
  }));
}

function problemOf({ value: name, source }: Sourced<GroupName>, expansions: Expansions): Problem[] {
  const expansion = expansions.get(name);
  if (expansion !== undefined && expansion.members.length > 0) return [];
  return [
    {
      place: placeOf(source),
      path: 'network.allow',
      message: `the group \`${name}\` stands for nothing here: this machine does not say where ${name} fetches from`,
      expected: `${expansion?.expected ?? 'a configuration'}; or the hosts themselves, which \`glovebox learn\` finds`,
    },
  ];
}

function placeOf({ name, line, column }: Source): Problem['place'] {
  return {
    origin: name,
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  };
}
