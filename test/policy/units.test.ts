import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatDuration,
  formatSize,
  readCount,
  readDuration,
  readSize,
} from '../../src/policy/units.ts';

describe('readDuration', () => {
  it.each([
    ['90s', 90_000],
    ['2h', 7_200_000],
    ['1h30m', 5_400_000],
    ['1h 30m', 5_400_000],
    ['500ms', 500],
    ['15m', 900_000],
    ['1d', 86_400_000],
    ['1.5h', 5_400_000],
    ['1m30s250ms', 90_250],
    [90, 90_000],
    [0.25, 250],
    ['90', 90_000],
    ['24d', 2_073_600_000],
    ['none', null],
  ])('reads %j', (raw, value) => {
    expect(readDuration(raw)).toEqual({ ok: true, value });
  });

  it.each([
    ...[
      '',
      ' ',
      '30m1h',
      '1h1h',
      '90 seconds',
      '2H',
      '-5s',
      '1e3s',
      '.5h',
      'None',
      '0s',
      '25d',
      '9'.repeat(400),
    ],
    ...[0, -1, 0.0001, Infinity, NaN, true, null, undefined, [], {}],
  ])('refuses %j', (raw) => {
    expect(readDuration(raw)).toMatchObject({
      ok: false,
      expected: 'a duration of at most 24d like 90s, 15m or 1h30m, or none',
    });
  });

  it('names the value', () => {
    expect(readDuration('soon')).toMatchObject({
      message: '`soon` is not a duration that can be used',
    });
  });
});

describe('readSize', () => {
  it.each([
    ['512MiB', 536_870_912],
    ['1.5GiB', 1_610_612_736],
    ['1.5 GiB', 1_610_612_736],
    ['10MB', 10_000_000],
    ['100KiB', 102_400],
    ['2TiB', 2_199_023_255_552],
    ['3kB', 3000],
    ['3KB', 3000],
    ['1GB', 1_000_000_000],
    ['1TB', 1_000_000_000_000],
    ['7B', 7],
    [4096, 4096],
    ['4096', 4096],
    ['none', null],
  ])('reads %j', (raw, value) => {
    expect(readSize(raw)).toEqual({ ok: true, value });
  });

  it.each([
    '',
    '512M',
    '512Mi',
    '512mib',
    '1 000',
    '-1B',
    '0',
    '0.1B',
    '9000000TiB',
    0,
    -1,
    1.5,
    NaN,
    Infinity,
    false,
    null,
    [1],
  ])('refuses %j', (raw) => {
    expect(readSize(raw)).toMatchObject({
      ok: false,
      expected: 'a size like 512MiB, 1.5GiB or 10MB, or none',
    });
  });
});

describe('readCount', () => {
  it.each([
    [1, 1],
    ['4096', 4096],
    [2147483647, 2147483647],
    ['none', null],
  ])('reads %j', (raw, value) => {
    expect(readCount(raw)).toEqual({ ok: true, value });
  });

  it.each([0, -1, 1.5, 2147483648, '1k', '', NaN, null, true])('refuses %j', (raw) => {
    expect(readCount(raw)).toMatchObject({
      ok: false,
      expected: 'a whole number from 1 to 2147483647, or none',
    });
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0ms'],
    [500, '500ms'],
    [1000, '1s'],
    [90_000, '1m 30s'],
    [7_200_000, '2h'],
    [90_061_250, '1d 1h 1m 1.25s'],
    [999.6, '1s'],
  ])('%d is %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });

  it('is read back to the millisecond', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 24 * 86_400_000 }), (milliseconds) => {
        expect(readDuration(formatDuration(milliseconds))).toEqual({
          ok: true,
          value: milliseconds,
        });
      }),
    );
  });
});

describe('formatSize', () => {
  it.each([
    [0, '0 B'],
    [512, '512 B'],
    [1024, '1 KiB'],
    [1_610_612_736, '1.5 GiB'],
    [2 ** 43, '8 TiB'],
  ])('%d is %s', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });

  it('is read back, whole units exactly and others within a hundredth', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1023 }),
        fc.constantFrom(0, 10, 20, 30, 40),
        (count, power) => {
          expect(readSize(formatSize(count * 2 ** power))).toEqual({
            ok: true,
            value: count * 2 ** power,
          });
        },
      ),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 50 }), (bytes) => {
        const read = readSize(formatSize(bytes));
        expect(read.ok && read.value !== null && Math.abs(read.value - bytes) <= bytes / 100).toBe(
          true,
        );
      }),
    );
  });
});
