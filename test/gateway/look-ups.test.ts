import { decode, encode } from 'dns-packet';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answer, nameError, readLookUp, serverFailure } from '../../src/gateway/look-ups.ts';

function query(name: string, type: 'A' | 'AAAA' | 'TXT' | 'ANY' | 'HTTPS' = 'A'): Uint8Array {
  return encode({ type: 'query', id: 7, flags: 0x0100, questions: [{ name, type: type as 'A' }] });
}

function read(message: Uint8Array) {
  const lookUp = readLookUp(message);
  if (lookUp === null) throw new Error('not understood');
  return lookUp;
}

describe('a look-up', () => {
  it('is read', () => {
    expect(read(query('API.example.com'))).toMatchObject({
      ...{ name: 'api.example.com', asked: 'API.example.com', type: 'A' },
    });
  });

  it.each(['A', 'ANY'] as const)('of type %s is answered with the address', (type) => {
    const reply = decode(Buffer.from(answer(read(query('a.example', type)), '198.18.0.16')));
    expect(reply).toMatchObject({ id: 7, type: 'response', rcode: 'NOERROR', flag_rd: true });
    expect(reply.answers).toMatchObject([{ name: 'a.example', type: 'A', data: '198.18.0.16' }]);
  });

  it.each(['AAAA', 'TXT'] as const)('of type %s is answered with nothing', (type) => {
    const reply = decode(Buffer.from(answer(read(query('a.example', type)), '198.18.0.16')));
    expect(reply).toMatchObject({ rcode: 'NOERROR', answers: [] });
  });

  it.each([
    ['AAAA', [{ type: 'AAAA', data: '2001:2::1' }]],
    ['ANY', [{ type: 'AAAA', data: '2001:2::1' }]],
    ['A', []],
  ] as const)('of type %s for a name with an IPv6 address: %j', (type, answers) => {
    const reply = decode(Buffer.from(answer(read(query('a.example', type)), '2001:2::1')));
    expect(reply).toMatchObject({ rcode: 'NOERROR', answers });
  });

  it('may be refused, or put off', () => {
    const lookUp = read(query('a.example'));
    expect(decode(Buffer.from(nameError(lookUp)))).toMatchObject({ rcode: 'NXDOMAIN' });
    expect(decode(Buffer.from(serverFailure(lookUp)))).toMatchObject({ rcode: 'SERVFAIL' });
  });

  it.each([
    ['with bytes that are no text', '3fff'.padEnd(128, 'ff')],
    ['with a dot inside a label', '03612e62'],
    ['in capitals', '03414243'],
  ])('%s is seen again in its answer', (_, labels) => {
    const question = `${labels}0000010001`;
    const message = Buffer.from(`000701000001000000000000${question}`, 'hex');
    const lookUp = read(message);
    for (const reply of [answer(lookUp, '198.18.0.16'), nameError(lookUp)])
      expect(
        Buffer.from(reply)
          .toString('hex')
          .slice(24, 24 + question.length),
      ).toBe(question);
  });

  it('for a name of one label that looks like two is for no name', () => {
    const message = Buffer.from('00070100000100000000000003612e620000010001', 'hex');
    expect(readLookUp(message)).toMatchObject({ name: null, asked: 'a.b' });
  });

  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['a header alone', query('a.example').subarray(0, 12)],
    ['half a name', query('a.example').subarray(0, 16)],
    ['a response', encode({ type: 'response', id: 1, questions: [{ name: 'a', type: 'A' }] })],
    ['no question', encode({ type: 'query', id: 1, questions: [] })],
    [
      'two questions',
      encode({
        type: 'query',
        id: 1,
        questions: [
          { name: 'a', type: 'A' },
          { name: 'b', type: 'A' },
        ],
      }),
    ],
    [
      'another class',
      encode({ type: 'query', id: 1, questions: [{ name: 'a', type: 'TXT', class: 'CH' }] }),
    ],
    ['an update', encode({ type: 'query', flags: 0x2800, questions: [{ name: 'a', type: 'A' }] })],
    [
      'a name that points to itself',
      Buffer.from('00070100000100000000000 0c00c00010001'.replace(' ', ''), 'hex'),
    ],
  ])('that is %s is none', (_name, message) => {
    expect(readLookUp(message)).toBeNull();
  });

  it('never throws, and every answer can be read', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (noise) => {
        const whole = query('a.example');
        const broken = Uint8Array.from(whole, (byte, index) => byte ^ (noise[index] ?? 0));
        for (const message of [noise, broken]) {
          const lookUp = readLookUp(message);
          if (lookUp === null) continue;
          const reply = decode(Buffer.from(answer(lookUp, '198.18.0.16')));
          expect(reply.questions).toHaveLength(1);
        }
      }),
    );
  });
});
