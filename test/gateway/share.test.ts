import { describe, expect, it } from 'vitest';
import { openFilesLimit, shareOf } from '../../src/gateway/share.ts';

describe('the share of open files', () => {
  it.each([
    [Infinity, 8192, 4096],
    [1_048_576, 8192, 4096],
    [65_536, 8192, 4096],
    [4096, 1024, 256],
    [120, 30, 7],
  ])('of %d is %d listeners and %d connections', (files, listeners, connections) => {
    expect(shareOf(files)).toEqual({ listeners, connections });
  });

  it('leaves some to others, however many addresses each name has', () => {
    for (const files of [256, 1024, 4096, 20_000, 65_536]) {
      const { listeners, connections } = shareOf(files);
      expect(listeners + connections * (1 + 8)).toBeLessThan(files);
    }
  });

  it('is one of as many as the kernel lets us have', () => {
    expect(openFilesLimit()).toBeGreaterThan(0);
  });
});
