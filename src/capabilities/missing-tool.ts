import type { Lack } from './capability.ts';
import { SPARE_TOOLS, type ToolFact, type ToolName } from './facts.ts';

/** The package that carries each tool, under the name that most distributions share. */
export const PACKAGE_OF: Readonly<Record<ToolName, string>> = {
  bwrap: 'bubblewrap',
  slirp4netns: 'slirp4netns',
  pasta: 'passt',
  nft: 'nftables',
  ip: 'iproute2',
  unshare: 'util-linux',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  prlimit: 'util-linux',
  mount: 'mount',
  flock: 'util-linux',
  chown: 'coreutils',
  mknod: 'coreutils',
  mkfifo: 'coreutils',
  rm: 'coreutils',
  tee: 'coreutils',
  cat: 'coreutils',
  env: 'coreutils',
  'systemd-run': 'systemd',
  perl: 'perl',
};

export function missingTool(name: ToolName, { passedOver = [] }: ToolFact): Lack {
  return {
    available: false,
    code: 'tool-missing',
    reason:
      passedOver.length === 0
        ? `\`${name}\` was not found on PATH or in the system's own directories`
        : `no \`${name}\` that was found can be used: ${passedOver.join('; ')}`,
    // What a run can do without it leaves alone.
    remedy: `install the package ${PACKAGE_OF[name]}${SPARE_TOOLS.includes(name) ? '' : ' (`glovebox doctor --fix` does it)'}`,
  };
}
