import { harmless } from '../base/text.ts';
import type { Destination } from './types.ts';

/** Answers with longer heads are none. */
const LONGEST_ANSWER = 16 * 1024;

/** How the machine itself reaches the outside, where it does not do so directly. */
export interface Proxy {
  readonly host: string;
  readonly port: number;
  /** Value of `Proxy-Authorization`; null without a user in the proxy's URL. */
  readonly authorization: string | null;
}

/** A variable that asks for a proxy of a kind that is not known here. */
export interface UnusableProxy {
  readonly unusable: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** In the order in which they are asked. curl and Go do the same, but for raw bytes. */
const ASKED: Record<Destination['check'], readonly string[]> = {
  tls: ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'],
  http: ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'],
  // ssh and its like ask none of the others, and proxies for the web refuse their ports.
  none: ['all_proxy', 'ALL_PROXY'],
};

/** Which proxy leads to the destination; null where the way is direct. */
export function proxyFor(
  destination: Destination,
  environment: Variables,
): Proxy | UnusableProxy | null {
  const name = ASKED[destination.check].find((one) => (environment[one] ?? '') !== '');
  if (name === undefined || isExempt(destination, environment)) return null;
  return readProxy(name, environment[name] ?? '');
}

function readProxy(name: string, value: string): Proxy | UnusableProxy {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  if (!URL.canParse(text)) return { unusable: `${name} is not a URL` };
  const { protocol, hostname, port, username, password } = new URL(text);
  if (protocol !== 'http:') return { unusable: `${name} is a proxy of kind ${protocol}//` };
  if (hostname === '') return { unusable: `${name} names no host` };
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? 80 : Number(port),
    authorization:
      username + password === ''
        ? null
        : `Basic ${base64(`${plain(username)}:${plain(password)}`)}`,
  };
}

function plain(escaped: string): string {
  try {
    return decodeURIComponent(escaped);
  } catch {
    return escaped;
  }
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

/** `*`, or a list of names with everything below them, each with a port where it has one. */
function isExempt({ host, port }: Destination, environment: Variables): boolean {
  const list = environment['no_proxy'] || environment['NO_PROXY'] || '';
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      const [, name = '', onlyPort] = /^(?:\*?\.)?([^:]*?)\.?(?::(\d+))?$/.exec(entry) ?? [];
      if (name === '' || (onlyPort !== undefined && Number(onlyPort) !== port)) return false;
      return host === name || host.endsWith(`.${name}`);
    });
}

/** The request for a way through. */
export function connectRequest({ host, port }: Destination, { authorization }: Proxy): string {
  const target = `${host}:${port}`;
  return [
    `CONNECT ${target} HTTP/1.1`,
    `Host: ${target}`,
    ...(authorization === null ? [] : [`Proxy-Authorization: ${authorization}`]),
    '',
    '',
  ].join('\r\n');
}

/** What the proxy's bytes so far amount to. */
export type ProxyAnswer =
  | { readonly kind: 'need-more' }
  /** The way is open, and everything after so many bytes comes from its other end. */
  | { readonly kind: 'open'; readonly bytes: number }
  | { readonly kind: 'refused'; readonly why: string };

/** Reads the answer to a CONNECT; one that is not exactly HTTP/1 is a refusal. */
export function readAnswer(held: Uint8Array): ProxyAnswer {
  const text = Buffer.from(held.subarray(0, LONGEST_ANSWER)).toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) {
    return held.length < LONGEST_ANSWER
      ? { kind: 'need-more' }
      : { kind: 'refused', why: 'the proxy does not end its answer' };
  }
  const [status = '', ...headers] = text.slice(0, end).split('\r\n');
  const code = /^HTTP\/1\.[01] (\d{3})(?: [\t\x20-\x7e\x80-\xff]*)?$/.exec(status)?.[1];
  const wellFormed = headers.every((line) =>
    /^[!#$%&'*+.^_`|~\w-]+:[\t\x20-\x7e\x80-\xff]*$/.test(line),
  );
  if (code === undefined || !wellFormed) {
    return { kind: 'refused', why: 'the proxy does not answer in HTTP' };
  }
  return code.startsWith('2')
    ? { kind: 'open', bytes: end + 4 }
    : { kind: 'refused', why: `the proxy says ${harmless(status.slice('HTTP/1.1 '.length))}` };
}
