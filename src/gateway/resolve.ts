import { lookup, Resolver } from 'node:dns/promises';

/** All addresses of a name, in the order in which they are to be tried. Rejects where it has none. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** For a resolver of our own: how long it has for an answer, and how often it is asked. */
const QUERY_MS = 3000;
const TRIES = 2;

/**
 * By the system's resolver, or by the one at `server` (`192.0.2.53`, `192.0.2.53:5353`,
 * `[2001:db8::53]:53`). Nothing is kept, but look-ups of one name at the same time are one: the
 * system's have only a few threads, and a step could take all of them.
 */
export function resolveBy(server: string | null): Resolve {
  const ask = server === null ? bySystem : byServer(server);
  const underway = new Map<string, Promise<readonly string[]>>();
  return async (host) => {
    const same = underway.get(host);
    if (same !== undefined) return await same;
    const answer = ask(host).finally(() => underway.delete(host));
    underway.set(host, answer);
    return await answer;
  };
}

const bySystem: Resolve = async (host) => {
  const answers = await lookup(host, { all: true, order: 'verbatim' });
  return answers.map(({ address }) => address);
};

function byServer(server: string): Resolve {
  const resolver = new Resolver({ timeout: QUERY_MS, tries: TRIES });
  resolver.setServers([server]);
  return async (host) => {
    const answers = await Promise.allSettled([resolver.resolve6(host), resolver.resolve4(host)]);
    const addresses = answers.flatMap((answer) =>
      answer.status === 'fulfilled' ? answer.value : [],
    );
    const failed = answers.find((answer) => answer.status === 'rejected')?.reason as unknown;
    if (addresses.length === 0 && failed instanceof Error) throw failed;
    return addresses;
  };
}
