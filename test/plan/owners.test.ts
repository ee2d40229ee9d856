import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exchanged, idmapOption } from '../../src/plan/owners.ts';

const HIGHEST = 4_294_967_294;

/** Who a file's owner becomes, as the kernel reads the option; null: nobody. */
function mapped(option: string, kind: 'u' | 'g', id: number): number | null {
  for (const extent of option.replace('X-mount.idmap=', '').split(' ')) {
    const [of, disk = '', shown = '', count = ''] = extent.split(':');
    const at = id - Number(disk);
    if (of === kind && at >= 0 && at < Number(count)) return Number(shown) + at;
  }
  return null;
}

describe('the option for an idmapped mount', () => {
  it("makes root's files the step's", () => {
    expect(idmapOption({ uid: 0, gid: 0 }, { uid: 65533, gid: 100 }, HIGHEST)).toBe(
      'X-mount.idmap=' +
        'u:0:65533:1 u:1:1:65532 u:65533:0:1 u:65534:65534:4294901761 ' +
        'g:0:100:1 g:1:1:99 g:100:0:1 g:101:101:4294967194',
    );
  });

  it('exchanges both and leaves everybody else, whoever they are', () => {
    const id = fc.oneof(fc.nat(3), fc.integer({ min: 0, max: HIGHEST }));
    fc.assert(
      fc.property(id, id, id, fc.nat(5), (one, other, who, spare) => {
        const highest = Math.min(HIGHEST, Math.max(one, other, who) + spare);
        const option = idmapOption({ uid: one, gid: 7 }, { uid: other, gid: 7 }, highest);
        expect(mapped(option, 'u', who)).toBe(exchanged(who, one, other));
        expect(mapped(option, 'g', who)).toBe(who);
        expect(mapped(option, 'u', highest + 1)).toBeNull();
      }),
    );
  });
});
