import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EffectiveSandbox } from '../../src/report/schema.ts';
import { markdownSummary } from '../../src/report/summary.ts';
import { egress, record, report, seen } from '../fixtures/report.ts';

function rowsAfter(markdown: string, title: string): string[] {
  const lines = markdown.split('\n');
  const start = lines.indexOf(`#### ${title}`);
  const rest = lines.slice(start + 4);
  return start === -1
    ? []
    : rest.slice(
        0,
        rest.findIndex((line) => !line.startsWith('|')),
      );
}

describe('markdownSummary', () => {
  it('of a good run says so, with a table of the layers and nothing more', () => {
    const text = markdownSummary(report());
    expect(text).toMatch(/^### ✅ Glovebox: npm test\n/);
    expect(text).toContain('Every requested layer was enforced.');
    expect(text).toContain('| network | deny | enforced |');
    expect(text).not.toContain('####');
    expect(text.endsWith('\n')).toBe(true);
  });

  it('of a refusal says what fell short, and what mends it', () => {
    const text = markdownSummary(report(null, { facts: { missing: ['mount'] } }));
    expect(text).toMatch(/^### ❌/);
    expect(text).toContain('**Not every requested layer was enforced.**');
    expect(rowsAfter(text, 'Downgrades')).toHaveLength(1);
    expect(rowsAfter(text, 'Downgrades')[0]).toMatch(/^\| filesystem \| .* \| .* \|$/);
  });

  it('calls a layer that nobody asked for no shortcoming', () => {
    const text = markdownSummary(report(seen(), { policy: { filesystem: { mode: 'off' } } }));
    expect(text).toContain('Every requested layer was enforced.');
  });

  it('lists what was blocked, and the entries to paste', () => {
    const refused = ['203.0.113.7 80', '2001:db8:: 443', '169.254.169.254 80', '203.0.113.9 443'];
    const text = markdownSummary(
      report(seen({ egress: egress(refused.map((one) => record(one, 2))) }), {
        policy: { network: { 'expect-blocked': ['203.0.113.9'] } },
      }),
    );
    expect(rowsAfter(text, 'Blocked')).toHaveLength(4);
    expect(rowsAfter(text, 'Blocked').join('\n')).toContain(
      '(expected)'.replace(/[()]/g, (c) => `&#${c.charCodeAt(0)};`),
    );
    expect(text).toContain("```yaml\n- 203.0.113.7:80\n- '2001:db8::'\n```");
  });

  it('says what allowing the resolver would open', () => {
    const text = markdownSummary(report(seen({ egress: egress([record('192.0.2.53 53 udp')]) })));
    expect(text).toMatch(/```yaml\n- 192\.0\.2\.53:53\/udp # the resolver: [^\n]+\n```/);
  });

  it('shows fifty, and how many more there are', () => {
    const refused = Array.from({ length: 60 }, (_, index) => record(`203.0.113.${index} 80`));
    const text = markdownSummary(report(seen({ egress: egress(refused) })));
    expect(rowsAfter(text, 'Blocked')).toHaveLength(50);
    expect(text).toContain('…and 10 more.');
    expect(text.match(/^- 203/gm)).toHaveLength(50);
  });

  it('cuts a long command', () => {
    const text = markdownSummary(report(seen(), { command: ['x'.repeat(10_000)] }));
    expect(text.split('\n')[0]?.length).toBeLessThan(300);
  });
});

/** Pieces that mean something to Markdown, HTML, the runner or a reader's eyes. */
const piece = fc.constantFrom(
  ...['|', '||', '`', '```', '<b>', '</table>', '<img src=x onerror=alert(1)>', '&lt;', '&#60;'],
  ...[
    '\n',
    '\r\n',
    '\r',
    '\u2028',
    '\u2029',
    '\u0085',
    '\n::error::x',
    '##[error]x',
    '::set-output name=a::b',
  ],
  ...['\u202e', '\u2066', '\u200f', '\u061c', '\u001b[31m', '\0', '\t'],
  ...[
    '[a](b)',
    '![a](b)',
    '**b**',
    '_i_',
    '~~s~~',
    '# h',
    '- l',
    '> q',
    '\\',
    '\\|',
    '@someone',
    '#1',
  ],
  ...[
    'https://a.example',
    'www.a.example',
    'me@a.example',
    '$x$',
    '$$\\color{red}x$$',
    '<!--',
    ':+1:',
  ],
  ...['a', 'b c', '…'],
);
const hostile = fc.array(piece, { maxLength: 6 }).map((parts) => parts.join(''));

/** Every text of a report that is not Glovebox's own. */
function withTexts(text: string): EffectiveSandbox {
  const made = report(seen({ egress: egress([record('203.0.113.7 80')]) }), { command: [text] });
  return {
    ...made,
    outcome: { ...made.outcome, cause: text },
    layers: { ...made.layers, network: { status: 'enforced', mechanism: text } },
    downgrades: [{ layer: 'filesystem', code: 'x', reason: text, remedy: text }],
    egress: made.egress && {
      ...made.egress,
      blocked: made.egress.blocked.map((one) => ({
        ...{ ...one, name: text, reason: text, protocol: text },
      })),
    },
  };
}

/** What GitHub's renderer would find in a line's text once our own markup is taken away. */
const MARKUP = /[<>`*_[\]()~!\\@:$|]|&(?!#\d+;)|(?<!&)#|www\./i;
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

describe('any text in a report', () => {
  const plain = markdownSummary(withTexts('plain')).split('\n');

  it('changes neither the number of lines nor the shape of a row', () => {
    const shape = (line: string): number => line.split('|').length;
    fc.assert(
      fc.property(hostile, (text) => {
        const lines = markdownSummary(withTexts(text)).split('\n');
        expect(lines).toHaveLength(plain.length);
        expect(lines.map(shape)).toEqual(plain.map(shape));
      }),
      { numRuns: 500 },
    );
  });

  it('is only text: no markup, no link, no command, no direction marks', () => {
    // Each line with one text of the report's taken out, so that what is left of it is hostile.
    const ours = plain.map((line) => line.split('plain'));
    fc.assert(
      fc.property(hostile, (text) => {
        const lines = markdownSummary(withTexts(text)).split('\n');
        lines.forEach((line, index) => {
          expect(line).not.toMatch(UNSEEN);
          expect(line).not.toMatch(/^\s*::|##\[/);
          const parts = ours[index] ?? [];
          let rest = line;
          for (const own of parts.filter((part) => part !== '')) {
            const found = rest.indexOf(own);
            expect(found).toBeGreaterThanOrEqual(0);
            const between = rest.slice(0, found);
            expect(between).not.toMatch(MARKUP);
            rest = rest.slice(found + own.length);
          }
          expect(rest).not.toMatch(MARKUP);
        });
      }),
      { numRuns: 500 },
    );
  });
});
