import {
  appendFileSync,
  fstatSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FollowedFile } from '../../../src/run/logs/followed.ts';

const file = join(mkdtempSync(join(tmpdir(), 'glovebox-log-')), 'a.log');

/** What is shown of a file to which this happens, one look after each. */
function shown(before: string | null, ...events: (() => void)[]): string {
  writeFileSync(file, before ?? '');
  const fd = openSync(file, 'r');
  const followed = new FollowedFile(fd, fstatSync(fd), before === null);
  for (const event of events) {
    event();
    try {
      const again = openSync(file, 'r');
      followed.look(again, fstatSync(again));
    } catch {
      followed.readOn();
    }
  }
  const excerpt = followed.excerpt('a.log');
  followed.close();
  return excerpt === null ? '' : `${excerpt.leftOut}:${Buffer.from(excerpt.bytes).toString()}`;
}

const add = (text: string) => () => appendFileSync(file, text);

describe('a followed file', () => {
  it.each<[string, string | null, (() => void)[], string]>([
    ['what was there before', 'old\n', [], ''],
    ['only what is added', 'old\n', [add('a\n'), add('b\n')], '0:a\nb\n'],
    ['all of a new one', null, [add('a\n')], '0:a\n'],
    ['what comes after it was emptied', 'old\n', [() => truncateSync(file), add('a\n')], '0:a\n'],
    [
      'what the old and the new one have when it is rotated',
      'old\n',
      [
        add('a\n'),
        () => {
          appendFileSync(file, 'last\n');
          renameSync(file, `${file}.1`);
          writeFileSync(file, 'first of a new one\n');
        },
      ],
      '0:a\nlast\nfirst of a new one\n',
    ],
    [
      'nothing twice of one that was copied',
      'old\n',
      [
        add('a\n'),
        () => {
          writeFileSync(`${file}.2`, 'old\na\nb\n');
          renameSync(`${file}.2`, file);
        },
      ],
      '0:a\nb\n',
    ],
    [
      'what was written to one that is deleted',
      'old\n',
      [
        () => {
          appendFileSync(file, 'last\n');
          rmSync(file);
        },
      ],
      '0:last\n',
    ],
  ])('shows %s', (_, before, events, expected) => {
    expect(shown(before, ...events)).toBe(expected);
  });

  it.each([
    ['at once', [add('x'.repeat(300 * 1024))]],
    ['bit by bit', Array.from({ length: 300 }, () => add('x'.repeat(1024)))],
  ])('shows the end of much that came %s, and says how much is missing', (_, events) => {
    const [leftOut, text = ''] = shown('', ...events).split(':');
    expect([Number(leftOut), text.length]).toEqual([44 * 1024, 256 * 1024]);
  });
});
