// The names of the laboratory's internet. Every DNS server there knows all of them, and no other.
import { ANSWER, HOST, INTERNET, NOBODY } from './addresses.mjs';

const { cdn, cdn6, api, intranet, metadata, unique6, private: inside } = INTERNET;

/**
 * What a name has, by record type; `ttl` in seconds, 60 where none is said.
 * `*` stands for one label or more. `turns` are lists of A records: the first question for a name gets
 * the first list, every later one the last. `onlyTcp` truncates over UDP. `fails` is a response code;
 * `silent` gets no answer at all. `heard` answers TXT with the name itself.
 */
export const ZONE = {
  '*.lab.test': { A: [ANSWER] },

  // A CDN: one address for names that have nothing to do with one another.
  'allowed.example.com': { A: [cdn], TXT: ['glovebox laboratory'], MX: 'allowed.example.com' },
  'other.example.com': { A: [cdn], TXT: ['glovebox laboratory'] },
  '*.wild.example.com': { A: [cdn] },
  'xn--bcher-kva.example.com': { A: [cdn] },
  'xallowed.com': { A: [cdn] },
  'allowed.com': { A: [cdn] },
  'allowed.example.com.evil.example.org': { A: [cdn] },
  'alias.example.com': { CNAME: 'allowed.example.com' },
  'chain.example.com': { CNAME: 'alias.example.com' },

  'api.example.net': { A: [api] },
  'git.example.com': { A: [api] },
  'tls12.example.com': { A: [INTERNET.tls12] },
  'tls13.example.com': { A: [INTERNET.tls13] },
  'dns.example.org': { A: [INTERNET.publicResolver] },
  'six.example.com': { AAAA: [cdn6] },
  'dual.example.com': { A: [cdn], AAAA: [cdn6] },
  'half.example.com': { A: [cdn], AAAA: [NOBODY.address6] },
  'dead.example.com': { A: [NOBODY.address] },
  'intranet.example.com': { A: [intranet] },

  // Answers that no upstream connection may follow.
  'rebind-loopback.example.com': { A: ['127.0.0.1'] },
  'rebind-metadata.example.com': { A: [metadata] },
  'rebind-slirp.example.com': { A: ['10.0.2.2'] },
  'rebind-private.example.com': { A: [inside] },
  'rebind-zero.example.com': { A: ['0.0.0.0'] },
  'rebind-host.example.com': { A: [HOST.address] },
  'rebind6.example.com': { AAAA: ['::ffff:127.0.0.1'] },
  'rebind6-loopback.example.com': { AAAA: ['::1'] },
  'rebind6-link.example.com': { AAAA: ['fe80::1'] },
  'rebind6-unique.example.com': { AAAA: [unique6] },
  'rebind6-nat64.example.com': { AAAA: ['64:ff9b::7f00:1'] },
  'mixed.example.com': { A: ['127.0.0.1', cdn] },

  // Answers that change, fail or do not come.
  'short.example.com': { A: [cdn], ttl: 1 },
  '*.move.example.com': { turns: [[cdn], [api]], ttl: 1 },
  '*.turn.example.com': { turns: [[cdn], ['127.0.0.1']], ttl: 1 },
  'truncated.example.com': { A: [cdn], onlyTcp: true },
  'broken.example.com': { fails: 2 },
  'silent.example.com': { silent: true },

  // Somebody's own name server: what is asked for has arrived there.
  '*.tunnel.example.net': { A: [cdn], heard: true },
  '80.113.0.203.in-addr.arpa': { PTR: 'other.example.com' },
};

/** Names that were asked for, so that some can turn. */
const asked = new Map();

/**
 * The records for a question: null where the name does not exist.
 * @param {string} name as it was asked, in any case of letters
 * @param {string} type A, AAAA, …
 */
export function recordsOf(name, type) {
  const lower = name.toLowerCase();
  const entry = entryOf(lower);
  if (entry === undefined) return null;
  const { ttl = 60, CNAME: alias } = entry;
  if (alias !== undefined && type !== 'CNAME') {
    const rest = recordsOf(alias, type);
    return {
      ...rest,
      records: [{ owner: name, type: 'CNAME', ttl, data: alias }, ...rest.records],
    };
  }
  const records = valuesOf(entry, lower, type).map((data) => ({ owner: name, type, ttl, data }));
  return { ...entry, records };
}

function entryOf(name) {
  if (Object.hasOwn(ZONE, name)) return ZONE[name];
  const labels = name.split('.');
  const wildcard = labels
    .map((_, index) => `*.${labels.slice(index + 1).join('.')}`)
    .find((pattern) => Object.hasOwn(ZONE, pattern));
  return wildcard === undefined ? undefined : ZONE[wildcard];
}

function valuesOf(entry, name, type) {
  if (entry.heard === true && type === 'TXT') return [`heard ${name}`.slice(0, 255)];
  if (entry.turns === undefined || type !== 'A') return [entry[type] ?? []].flat();
  const turn = asked.get(name) ?? 0;
  asked.set(name, turn + 1);
  return entry.turns[Math.min(turn, entry.turns.length - 1)];
}
