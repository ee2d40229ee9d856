import { expect, it } from 'vitest';
import { fromPackages, type PackageWays } from '../../src/tools/provide.ts';
import { facts } from '../fixtures/facts.ts';

const { tools } = facts({ missing: ['bwrap', 'nft', 'ip'] });

/** What is done, in this order, and what is said of what could not be. */
async function provided(
  ways: Partial<PackageWays>,
  agrees: boolean,
): Promise<{ asked: string[]; done: string[]; reasons: string[] }> {
  const asked: string[] = [];
  const done: string[] = [];
  const answer = async (aim: string): Promise<boolean> => {
    asked.push(aim);
    return agrees;
  };
  const reasons = await fromPackages(
    tools,
    { environment: {}, tell: () => undefined, agrees: answer },
    {
      mayInstall: async () => true,
      describe: async (packages) => `sudo get ${packages.join(' ')}`,
      install: async (packages) => void done.push(`install ${packages.join(' ')}`),
      unpack: async (tool) => {
        done.push(`unpack ${tool}`);
        return tool === 'nft' ? 'there is none' : null;
      },
      ...ways,
    },
  );
  return { asked, done, reasons };
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
  // Nobody is asked for what cannot be done, and everybody for the very commands.
  const asked =
    ways.mayInstall === undefined ? [`${AIM}: sudo get bubblewrap nftables iproute2`] : [];
  expect(await provided(ways, agrees)).toEqual({ asked, done, reasons });
});
