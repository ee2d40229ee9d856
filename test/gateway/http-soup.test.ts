import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { openLab, tell } from './http-lab.ts';
import { SHAPES } from './http-shapes.ts';

/** A request that a reader of the plainest grammar finds good and whole. */
interface Read {
  readonly line: string;
  readonly body: string;
  readonly last: boolean;
  readonly length: number;
}

const HEAD =
  /^(?:\r\n)*((GET|HEAD|POST|PUT|DELETE|OPTIONS) (\/[!-~]*|\*)) HTTP\/1\.([01])\r\n((?:[\w!#$%&'*+.^`|~-]+:[\t -~\x80-\xff]*\r\n)*)\r\n/;

/** The requests that must arrive, in order: all before the first that is broken, foreign or incomplete. */
function reference(bytes: string): Read[] {
  const all: Read[] = [];
  for (let rest = bytes; ;) {
    const one = readOne(rest);
    if (one === null) return all;
    all.push(one);
    if (one.last) return all;
    rest = rest.slice(one.length);
  }
}

function readOne(bytes: string): Read | null {
  const [whole, line, method, target, minor, lines] = HEAD.exec(bytes) ?? [];
  if (whole === undefined || line === undefined || lines === undefined) return null;
  const values = (name: string): string[] =>
    [...lines.matchAll(/([^:]*):[\t ]*(.*?)[\t ]*\r\n/g)]
      .filter(([, key]) => key?.toLowerCase() === name)
      .map(([, , value]) => value?.toLowerCase() ?? '');

  if (target === '*' && method !== 'OPTIONS') return null;
  const hosts = values('host');
  if (hosts.length !== 1 || !/^site\.example\.com\.?(?::80)?$/.test(hosts[0] ?? '')) return null;
  const connection = values('connection').flatMap((value) => value.split(/[\t ]*,[\t ]*/));
  if (connection.some((name) => /^(?:host|content-length|transfer-encoding)$/.test(name)))
    return null;
  const upgrades = values('upgrade');
  const lengths = values('content-length');
  const codings = values('transfer-encoding');
  if (lengths.length + codings.length > 1) return null;
  if (
    upgrades.length > 0 &&
    !(upgrades.join() === 'websocket' && method === 'GET' && minor === '1')
  )
    return null;
  if (upgrades.length > 0 && lengths.length + codings.length > 0) return null;
  if (values('expect').length > 0) return null;

  const last = minor === '0' || connection.includes('close');
  const after = bytes.slice(whole.length);
  const read = (body: string, length: number): Read => ({
    line,
    body,
    last,
    length: whole.length + length,
  });
  if (codings.length > 0) {
    if (codings[0] !== 'chunked' || minor === '0') return null;
    const chunks = readChunks(after);
    return chunks === null ? null : read(chunks.body, chunks.length);
  }
  if (lengths.length === 0) return read('', 0);
  if (!/^\d{1,15}$/.test(lengths[0] ?? '')) return null;
  const length = Number(lengths[0]);
  return after.length < length ? null : read(after.slice(0, length), length);
}

function readChunks(bytes: string): { readonly body: string; readonly length: number } | null {
  let body = '';
  for (let at = 0; ;) {
    const [line, size] = /^([0-9a-f]{1,12})(?:;[\w=]+)?\r\n/i.exec(bytes.slice(at)) ?? [];
    if (line === undefined || size === undefined) return null;
    at += line.length;
    const length = Number.parseInt(size, 16);
    if (length === 0) {
      const [trailers] = /^(?:X-[\w-]+:[\t -~]*\r\n)*\r\n/.exec(bytes.slice(at)) ?? [];
      return trailers === undefined ? null : { body, length: at + trailers.length };
    }
    if (bytes.slice(at + length, at + length + 2) !== '\r\n') return null;
    body += bytes.slice(at, at + length);
    at += length + 2;
  }
}

const HOST = 'Host: site.example.com\r\n';
const fragments = [
  ...['GET / HTTP/1.1\r\n', 'POST /p HTTP/1.1\r\n', 'HEAD /h HTTP/1.0\r\n'],
  ...[HOST, HOST, 'Host: other.example.com\r\n', 'host: SITE.example.com.:80\r\n'],
  ...['Content-Length: 5\r\n', 'Content-Length: 0\r\n', 'Transfer-Encoding: chunked\r\n'],
  ...['X-Name: 1\r\n', 'X-Name: 1\n', 'Connection: close\r\n', 'Connection: Host\r\n'],
  ...['\r\n', '\r\n', '\r\n\r\n', '\n', '\r', ' ', '\0', 'hello'],
  ...['0\r\n\r\n', '5\r\nhello\r\n', '5;a=b\r\nhello\r\n', '0\r\nX-Sum: 1\r\n\r\n', 'fffff\r\n'],
];

const sized = fc
  .array(fc.constantFrom(...fragments), { maxLength: 4 })
  .map((parts) => parts.join(''))
  .map((body) => `PUT /sized HTTP/1.1\r\n${HOST}Content-Length: ${body.length}\r\n\r\n${body}`);
const chunked = fc
  .array(fc.constantFrom(...fragments), { maxLength: 4 })
  .map((parts) => parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join(''))
  .map(
    (chunks) =>
      `PUT /chunked HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`,
  );
const plain = fc.nat(9).map((n) => `GET /${n} HTTP/1.1\r\n${HOST}\r\n`);
const shape = fc
  .constantFrom(...SHAPES.filter(({ sent }) => sent.length < 500))
  .map(({ sent }) => sent);
const fragment = fc.constantFrom(...fragments);

const soup = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: plain },
      { weight: 4, arbitrary: sized },
      { weight: 4, arbitrary: chunked },
      { weight: 2, arbitrary: fragment },
      { weight: 1, arbitrary: shape },
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));
const heads = fc.array(fragment, { maxLength: 12 }).map((parts) => parts.join(''));

/** Where a connection's bytes are cut into pieces. */
const cuts = fc.array(fc.nat(400), { maxLength: 8 });

function cutUp(bytes: string, places: readonly number[]): string[] {
  const sorted = [...new Set([0, ...places.filter((place) => place < bytes.length)])].sort(
    (one, other) => one - other,
  );
  return sorted.map((place, index) => bytes.slice(place, sorted[index + 1]));
}

test(
  'whatever is sent, just the good requests before the first bad one arrive',
  {
    timeout: 120_000,
  },
  async () => {
    const property = fc.asyncProperty(fc.oneof(soup, heads), cuts, async (bytes, places) => {
      const lab = await openLab();
      try {
        await tell(lab.port, ...cutUp(bytes, places));
        const arrived = lab.received.map(({ method, url, body }) => [`${method} ${url}`, body]);
        expect(arrived).toEqual(reference(bytes).map(({ line, body }) => [line, body]));
        for (const { headers } of lab.received) {
          const hosts = headers.filter((_, index) => /^host$/i.test(headers[index - 1] ?? ''));
          expect(hosts.join()).toMatch(/^site\.example\.com\.?(?::80)?$/i);
        }
      } finally {
        await lab.close();
      }
    });
    await fc.assert(property, { numRuns: 300 });
  },
);

test('the reference finds good what the table lets through, and nothing else', () => {
  const known = SHAPES.filter(({ sent }) => !sent.includes('Expect'));
  for (const { name, sent, code } of known)
    expect(reference(sent).length > 0, name).toBe(code === null);
});
