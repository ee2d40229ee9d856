import { expect, it } from 'vitest';
import { fromPackages, type PackageWays } from '../../src/tools/provide.ts';
import { facts } from '../fixtures/facts.ts';

const { tools } = facts({ missing: ['bwrap', 'nft', 'ip'] });

/** What is done, in this order, and what is said of what could not be. */
async function provided(
  ways: Partial<PackageWays>,
  agrees: boolean,
): Promise<{ done: string[]; reasons: string[] }> {
  const done: string[] = [];
  const reasons = await fromPackages(
    tools,
    { environment: {}, tell: () => undefined, agrees: async () => agrees },
    {
      mayInstall: async () => true,
      install: async (packages) => void done.push(`install ${packages.join(' ')}`),
      unpack: async (tool) => {
        done.push(`unpack ${tool}`);
        return tool === 'nft' ? 'there is none' : null;
      },
      ...ways,
    },
  );
  return { done, reasons };
}

const UNPACKED = ['unpack bwrap', 'unpack nft'];
const AIM = 'install bubblewrap, nftables, iproute2';
const locked = async (): Promise<never> => {
  throw new Error('the lock is taken');
};

it.each<[string, Partial<PackageWays>, boolean, string[], string[]]>([
  ['are installed', {}, true, ['install bubblewrap nftables iproute2'], []],
  [
    'are unpacked without root',
    { mayInstall: async () => false },
    true,
    UNPACKED,
    [`neither root nor passwordless sudo to ${AIM}`, 'no package: there is none'],
  ],
  [
    'are unpacked where root is not to be asked',
    {},
    false,
    UNPACKED,
    [`not done: ${AIM}`, 'no package: there is none'],
  ],
  [
    'are unpacked where they cannot be installed',
    { install: locked },
    true,
    UNPACKED,
    ['the lock is taken', 'no package: there is none'],
  ],
])('packages %s', async (_, ways, agrees, done, reasons) => {
  expect(await provided(ways, agrees)).toEqual({ done, reasons });
});
