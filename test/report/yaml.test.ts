import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { yamlName, yamlText } from '../../src/report/yaml.ts';

describe('yamlText', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['203.0.113.7:80', '203.0.113.7:80'],
    ['203.0.113.0/24:53/udp', '203.0.113.0/24:53/udp'],
    ['2001:db8::7', '2001:db8::7'],
    ['2001:db8::', "'2001:db8::'"],
    ['::1/icmp', "'::1/icmp'"],
    ['[2001:db8::7]:80', "'[2001:db8::7]:80'"],
    ['a.example', 'a.example'],
    ['a.example:80', 'a.example:80'],
    ['*.example', "'*.example'"],
    ['null', "'null'"],
    ['NO', "'NO'"],
    ['1e3', "'1e3'"],
    ['1.5e3', "'1.5e3'"],
    ['0o17', "'0o17'"],
    ['-', "'-'"],
    ['_a', '_a'],
    ['{host: a.example, port: 22, tls: off}', '{host: a.example, port: 22, tls: off}'],
  ])('of %s is %s', (entry, text) => {
    expect(yamlText(entry)).toBe(text);
  });
});

describe('a word that YAML reads as something else', () => {
  it.each(['null', 'True', 'NO', 'on', 'y', '~', '1e3', '1.5', '0x1f', '017', '0o17', '1_000'])(
    '%s stays text, also in an old YAML',
    (word) => {
      for (const version of ['1.1', '1.2'] as const) {
        expect(parse(`- ${yamlText(word)}\n`, { version })).toEqual([word]);
        expect(parse(`{host: ${yamlName(word)}}\n`, { version })).toEqual({ host: word });
      }
    },
  );
});

describe('any entry', () => {
  it('is the same text in a list and in a map', () => {
    const entries = fc.stringMatching(/^[[*:-]?[a-zA-Z0-9_.:/-]{1,12}\]?(?::\d+)?$/);
    fc.assert(
      fc.property(entries, (entry) => {
        expect(parse(`- ${yamlText(entry)}\n- b # c\n`)).toEqual([entry, 'b']);
        const name = entry.replaceAll(/[[\]:]/g, 'x');
        expect(parse(`- {host: ${yamlName(name)}, port: 1}\n`)).toEqual([{ host: name, port: 1 }]);
      }),
      { numRuns: 2000 },
    );
  });
});
