import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HelloReading, helloReader } from '../../src/gateway/client-hello.ts';
import {
  helloMessage,
  type HelloShape,
  inRecords,
  realHello,
  serverName,
  vector,
} from './hellos.ts';

const GREASE = 0x2a2a;
const NAME = serverName('api.example.com');

function read(...chunks: readonly Uint8Array[]): HelloReading {
  const reader = helloReader();
  let reading = reader.push(Buffer.alloc(0));
  for (const chunk of chunks) reading = reader.push(chunk);
  return reading;
}

function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0, index = 0; at < bytes.length; index += 1) {
    const size = Math.max(1, sizes[index % sizes.length] ?? 1);
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

describe('the name in a hello', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['a plain name', 'api.example.com', 'api.example.com'],
    ['upper case', 'API.Example.COM', 'api.example.com'],
    ['one trailing dot', 'api.example.com.', 'api.example.com'],
    ['two trailing dots', 'api.example.com..', 'api.example.com.'],
    ['a NUL', 'evil.example\0.api.example.com', 'evil.example\0.api.example.com'],
    ['bytes past ASCII', Buffer.from('api.ex\xe0mple.com', 'latin1'), 'api.ex\xe0mple.com'],
    ['a letter that only Unicode folds to ASCII', '\u212a.example', 'â\x84ª.example'],
    ['the longest name', 'a'.repeat(60_000), 'a'.repeat(60_000)],
  ])('%s', (_, name, expected) => {
    expect(read(inRecords(helloMessage({ extensions: [serverName(name)] })))).toMatchObject({
      kind: 'hello',
      sni: expected,
      encrypted: false,
    });
  });

  it.each<[string, HelloShape['extensions']]>([
    ['no extensions', null],
    ['an empty list of extensions', []],
    [
      'other extensions only',
      [
        [GREASE, Buffer.alloc(0)],
        [16, Buffer.from([0, 0])],
      ],
    ],
  ])('is null with %s', (_, extensions) => {
    expect(read(inRecords(helloMessage({ extensions })))).toMatchObject({
      kind: 'hello',
      sni: null,
    });
  });
});

describe('a hello is encrypted', () => {
  it.each<[string, number, readonly number[], boolean]>([
    ['an outer hello', 0xfe0d, [0, 0, 1, 0, 1, 7, 0, 0, 0, 1, 1], true],
    ['an empty extension', 0xfe0d, [], true],
    ['an unknown type', 0xfe0d, [2], true],
    ['an inner hello with something behind', 0xfe0d, [1, 0], true],
    ['an inner hello', 0xfe0d, [1], false],
    ['a draft', 0xfe0a, [0, 0], true],
    ['encrypted SNI', 0xffce, [0], true],
    ['GREASE', GREASE, [0, 0], false],
  ])('%s', (_, type, body, expected) => {
    const extensions = [NAME, [type, Buffer.from(body)] as const];
    expect(read(inRecords(helloMessage({ extensions })))).toMatchObject({
      sni: 'api.example.com',
      encrypted: expected,
    });
  });
});

const PLAIN = helloMessage({ extensions: [NAME] });
const list = (bytes: readonly number[]): readonly [number, Buffer] => [0, Buffer.from(bytes)];

describe('refused as no ClientHello', () => {
  it.each<[string, Uint8Array]>([
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['SSH', Buffer.from('SSH-2.0-x\r\n')],
    ['SSLv2', Buffer.from([0x80, 0x2e, 1, 3, 1])],
    ['an alert', Buffer.from([21, 3, 3, 0, 2, 2, 40])],
    ['application data', inRecords(PLAIN, [16384], 0x0303, 23)],
    ['another message', inRecords(Buffer.concat([Buffer.from([2]), PLAIN.subarray(1)]))],
    ['a version before TLS', inRecords(PLAIN, [16384], 0x0300)],
    ['a version after TLS', inRecords(PLAIN, [16384], 0x0305)],
    ['a record that is too long', Buffer.from([22, 3, 1, 0x40, 0x01])],
    ['an empty record', Buffer.from([22, 3, 1, 0, 0])],
    [
      'an empty record in between',
      Buffer.concat([inRecords(PLAIN.subarray(0, 9)), Buffer.from([22, 3, 1, 0, 0])]),
    ],
    [
      'an alert in between',
      Buffer.concat([inRecords(PLAIN.subarray(0, 9)), Buffer.from([21, 3, 1, 0, 2, 1, 0])]),
    ],
    ['a second message in the record', inRecords(Buffer.concat([PLAIN, PLAIN]))],
    ['one byte too many in the record', inRecords(Buffer.concat([PLAIN, Buffer.from([0])]))],
    ['two server names', inRecords(helloMessage({ extensions: [NAME, serverName('b.example')] }))],
    ['the same server name twice', inRecords(helloMessage({ extensions: [NAME, NAME] }))],
    [
      'two names in one extension',
      inRecords(helloMessage({ extensions: [list([0, 8, 0, 0, 1, 97, 0, 0, 1, 98])] })),
    ],
    ['no name in the extension', inRecords(helloMessage({ extensions: [list([0, 0])] }))],
    ['an empty name', inRecords(helloMessage({ extensions: [list([0, 3, 0, 0, 0])] }))],
    ['an empty extension', inRecords(helloMessage({ extensions: [list([])] }))],
    [
      'a name of another type',
      inRecords(helloMessage({ extensions: [list([0, 4, 1, 0, 1, 97])] })),
    ],
    [
      'bytes behind the list of names',
      inRecords(helloMessage({ extensions: [list([0, 4, 0, 0, 1, 97, 0])] })),
    ],
    [
      'bytes behind the extensions',
      inRecords(helloMessage({ extensions: [NAME], trailing: Buffer.from([0]) })),
    ],
    [
      'an extension that is cut off',
      inRecords(helloMessage({ extensions: null, trailing: vector(Buffer.from([0, 0, 0]), 2) })),
    ],
    ['a foreign version', inRecords(helloMessage({ extensions: [NAME], version: 0x0203 }))],
    ['a session id that is too long', inRecords(helloMessage({ extensions: [NAME], session: 33 }))],
    ['no cipher suites', inRecords(helloMessage({ extensions: [NAME], suites: Buffer.alloc(0) }))],
    [
      'half a cipher suite',
      inRecords(helloMessage({ extensions: [NAME], suites: Buffer.alloc(3) })),
    ],
    [
      'no compression methods',
      inRecords(helloMessage({ extensions: [NAME], compressions: Buffer.alloc(0) })),
    ],
    ['an empty hello', inRecords(Buffer.from([1, 0, 0, 0]))],
  ])('%s', (_, bytes) => {
    expect(read(bytes)).toMatchObject({ kind: 'not-tls' });
    expect(read(...cut(bytes, [1]))).toEqual(read(bytes));
  });
});

describe('too long', () => {
  it('is a hello that says so, before it has come', () => {
    const size = 0xfffc;
    expect(read(Buffer.from([22, 3, 1, 64, 0, 1, 0, size >> 8, size & 0xff]))).toEqual({
      kind: 'need-more',
    });
    expect(read(Buffer.from([22, 3, 1, 64, 0, 1, 1, 0, 0]))).toEqual({ kind: 'too-long' });
  });

  it('is a hello that comes in too small records', () => {
    const message = helloMessage({ extensions: [NAME, [21, Buffer.alloc(30_000)]] });
    expect(read(inRecords(message, [5]))).toMatchObject({ kind: 'hello' });
    expect(read(inRecords(message, [1]))).toEqual({ kind: 'too-long' });
  });
});

const SIZES = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 6 });
const LABEL = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
const HOST = fc.array(LABEL, { minLength: 1, maxLength: 5 }).map((labels) => labels.join('.'));
const EXTENSIONS: fc.Arbitrary<(readonly [number, Uint8Array])[]> = fc.array(
  fc.tuple(fc.integer({ min: 1, max: 0xfd00 }), fc.uint8Array({ maxLength: 1300 })),
  { maxLength: 8 },
);

describe('for every', () => {
  it('well-formed hello the name comes back, whatever records and chunks it is in', () => {
    const versions = fc.constantFrom(0x0301, 0x0302, 0x0303, 0x0304);
    fc.assert(
      fc.property(
        HOST,
        EXTENSIONS,
        fc.nat(8),
        SIZES,
        SIZES,
        versions,
        (host, others, at, records, chunks, version) => {
          const extensions = others.toSpliced(at, 0, serverName(host));
          const bytes = inRecords(helloMessage({ extensions }), records, version);
          const expected = { kind: 'hello', sni: host, encrypted: false, bytes: bytes.length };
          expect(read(...cut(bytes, chunks))).toEqual(expected);
        },
      ),
    );
  });

  it('beginning of a hello more is needed, and what comes after it changes nothing', () => {
    const bytes = inRecords(helloMessage({ extensions: [NAME] }), [50]);
    const whole = read(bytes);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(read(bytes.subarray(0, length))).toEqual({ kind: 'need-more' });
    }
    expect(read(bytes, Buffer.from([23, 3, 3, 0, 1, 0]))).toEqual(whole);
    expect(read(Buffer.concat([bytes, Buffer.from([20, 3, 3, 0, 1, 1])]))).toEqual(whole);
  });

  it('stream of bytes there is an answer, and chunks do not change it', () => {
    const garbled = fc
      .tuple(EXTENSIONS, SIZES, fc.array(fc.tuple(fc.nat(3000), fc.nat(255)), { maxLength: 4 }))
      .map(([extensions, sizes, changes]) => {
        const bytes = inRecords(helloMessage({ extensions: [NAME, ...extensions] }), sizes);
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        return bytes;
      });
    const shaped = fc
      .uint8Array({ maxLength: 3000 })
      .map((bytes) => Buffer.concat([Buffer.from([22, 3, 1]), vector(bytes, 2)]));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), garbled, shaped), SIZES, (bytes, sizes) => {
        const whole = read(bytes);
        expect(read(...cut(bytes, sizes))).toEqual(whole);
        expect(read(...cut(bytes, [1]))).toEqual(whole);
      }),
      { numRuns: 500 },
    );
  });
});

describe('what node:tls sends', () => {
  it.each<[string, Parameters<typeof realHello>[0], string | null]>([
    ['by default', { servername: 'api.example.com' }, 'api.example.com'],
    ['without a name', {}, null],
    ['TLS 1.2', { servername: 'a.example', maxVersion: 'TLSv1.2' }, 'a.example'],
    ['TLS 1.3 only', { servername: 'a.example', minVersion: 'TLSv1.3' }, 'a.example'],
    [
      'several protocols',
      { servername: 'a.example', ALPNProtocols: ['h2', 'http/1.1'] },
      'a.example',
    ],
    ['in upper case', { servername: 'A.Example' }, 'a.example'],
  ])('%s', async (_, options, sni) => {
    const bytes = await realHello(options);
    const expected = { kind: 'hello', sni, encrypted: false, bytes: bytes.length };
    expect(read(bytes)).toEqual(expected);
    expect(read(...cut(bytes, [1]))).toEqual(expected);
  });
});
