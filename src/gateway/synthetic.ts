/**
 * Hands out an address of 198.18.0.0/15, or of 2001:2::/48, for each name: the same one for as long as
 * the step lives.
 */
export interface SyntheticAddresses {
  /** null where all are given away. */
  addressFor(name: string, family?: 4 | 6): string | null;
  nameOf(address: string): string | null;
}

/** 198.18.0.16: the ones before it are ours. */
const FIRST = (198 << 24) | (18 << 16) | 16;
const MOST = 2 ** 17 - 32;

export function syntheticAddresses(): SyntheticAddresses {
  const addresses = new Map<string, string>();
  const names = new Map<string, string>();
  return {
    addressFor: (name, family = 4) => {
      const known = addresses.get(name);
      if (known !== undefined) return known;
      if (addresses.size >= MOST) return null;
      const address = (family === 4 ? dotted : colonned)(FIRST + addresses.size);
      addresses.set(name, address);
      names.set(address, name);
      return address;
    },
    nameOf: (address) => names.get(address) ?? null,
  };
}

function dotted(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
}

function colonned(number: number): string {
  return `2001:2::${[16, 0].map((shift) => ((number >>> shift) & 0xffff).toString(16)).join(':')}`;
}
