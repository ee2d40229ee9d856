import { SUPPLIED_TOOLS, type Facts, type SuppliedTool } from './facts.ts';

/** The oldest version of each tool that does its work. */
const OLDEST: Readonly<Record<SuppliedTool, string>> = {
  bwrap: '0.6.0',
  slirp4netns: '1.0.0',
  nft: '0.9.8',
};

/** A program that was found, looked at. */
export interface Candidate {
  readonly setuid: boolean;
  /** The file, or the directory on the way to it, that others could rewrite; null for none. */
  readonly rewritable: string | null;
  /** As it tells it; null where it does not run. */
  readonly version: string | null;
  /** What it said instead of its version. */
  readonly said: string;
}

/** Why a program cannot be used; null when it can. */
export function unfit(tool: SuppliedTool, candidate: Candidate): string | null {
  const { setuid, rewritable, version, said } = candidate;
  if (setuid) return 'it is setuid, and would run with rights that nobody gave it';
  if (rewritable !== null) return `${rewritable} could be rewritten by a step`;
  if (version === null) return `it does not work${said === '' ? '' : ` (${said})`}`;
  if (!isAtLeast(version, OLDEST[tool])) return `it is ${version}, older than ${OLDEST[tool]}`;
  return null;
}

/** Whether a version such as `1.0.12` is that of `oldest` or a later one. */
export function isAtLeast(version: string, oldest: string): boolean {
  const [have, want] = [version, oldest].map((text) => text.split('.').map(Number));
  for (const [index, part] of (want ?? []).entries()) {
    const ours = have?.[index] ?? 0;
    if (ours !== part) return ours > part;
  }
  return true;
}

export const MIRROR_FORM = 'http:// or https://, a host and a path; no user, password or query';

/** The base of a mirror's addresses, without a slash at its end; null where it cannot be one. */
export function readMirror(text: string): string | null {
  const [, scheme, rest = ''] = /^(https?):\/\/([^\s?#@]+)$/.exec(text) ?? [];
  return scheme === undefined ? null : `${scheme}://${rest.replace(/\/+$/, '')}`;
}

/** For each tool that Glovebox can bring along, where it is from and what was passed over for it. */
export function originLines(tools: Facts['tools']): string[] {
  return SUPPLIED_TOOLS.flatMap((name) => {
    const { path, version, supply, passedOver = [] } = tools[name];
    const found =
      path === null
        ? `${name}: missing`
        : `${name} ${version ?? '?'}: ${ORIGIN[supply?.source ?? 'system']}, ${path}`;
    return [found, ...passedOver.map((reason) => `  passed over: ${reason}`)];
  });
}

const ORIGIN = {
  system: "the system's",
  archive: 'an archive of the manifest',
  packages: "the distribution's package, unpacked",
} as const;
