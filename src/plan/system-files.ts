import { matchesAddress } from '../policy/entries.ts';
import type { Policy } from '../policy/types.ts';
import { type Located, readOnly } from './mounts.ts';
import { SYNTHETIC_RESOLVER } from './ranges.ts';
import type { Site } from './site.ts';
import type { GeneratedFile } from './filesystem-types.ts';
import type { StepIdentity } from './types.ts';

export const HOSTNAME = 'glovebox';

const ETC_SHOWN: ReadonlySet<string> = new Set([
  ...['alternatives', 'ssl', 'pki', 'ca-certificates', 'ca-certificates.conf', 'crypto-policies'],
  ...['ld.so.cache', 'ld.so.conf', 'ld.so.conf.d', 'localtime', 'timezone', 'nsswitch.conf'],
  ...['protocols', 'services', 'rpc', 'networks', 'gai.conf', 'mime.types', 'magic'],
  ...['os-release', 'lsb-release', 'debian_version', 'redhat-release', 'alpine-release', 'issue'],
  ...[
    'bash.bashrc',
    'profile',
    'profile.d',
    'inputrc',
    'shells',
    'terminfo',
    'login.defs',
    'fonts',
  ],
  ...[
    'perl',
    'python3',
    'java',
    'jvm',
    'php',
    'ruby',
    'R',
    'maven',
    'gradle',
    'texmf',
    'ImageMagick-6',
    'dotnet',
  ],
]);
/** Without it, Debian's Java does not even start. */
const ETC_OF_JAVA = /^java-\d+-openjdk$/;

/** Whether a file or directory of /etc is what programs need, and tells nothing of the machine's users. */
export function isShownOfEtc(name: string): boolean {
  return ETC_SHOWN.has(name) || ETC_OF_JAVA.test(name);
}

/** The parts of /etc that are the sandbox's own, and those that are the host's. */
export function systemFiles({
  site,
  identity,
  gateway,
  policy,
}: {
  readonly site: Site;
  readonly identity: StepIdentity;
  readonly gateway: boolean;
  readonly policy: Policy;
}): { readonly files: readonly GeneratedFile[]; mounts(scratch: string): Located[] } {
  const answered = gateway || resolverAnswers(site, policy.network);
  const files: GeneratedFile[] = [
    { name: 'passwd', content: passwd(identity, site) },
    { name: 'group', content: group(identity) },
    { name: 'hosts', content: HOSTS },
    { name: 'host.conf', content: ONE_ADDRESS },
    { name: 'hostname', content: `${HOSTNAME}\n` },
    { name: 'resolv.conf', content: gateway ? GATEWAY_RESOLV_CONF : resolvConf(site, answered) },
    { name: 'nsswitch.conf', content: nameService(answered) },
    { name: 'gitconfig', content: site.git.system + ANY_OWNER },
  ];
  return {
    files: files.map(({ name, content }) => ({ name: `files/${name}`, content })),
    mounts: (scratch) => [
      ...site.etc.map((path) => readOnly(path)),
      ...files.map(({ name }) => readOnly(`${scratch}/files/${name}`, `/etc/${name}`)),
    ],
  };
}

/**
 * git refuses a repository of another owner, to keep its user from running somebody else's code. In
 * here nobody is safe from the workspace's code anyhow, and the owner may look like another.
 */
const ANY_OWNER = '[safe]\n\tdirectory = *\n';

const HOSTS = `127.0.0.1 localhost ${HOSTNAME}
::1 localhost ip6-localhost ip6-loopback
`;

/**
 * Whoever asks for localhost is told the first line of these two, unless IPv6 is asked for. Otherwise who
 * listens would be told of both, and who connects only of the kind that the network has an address of.
 */
const ONE_ADDRESS = 'multi off\n';

function passwd({ uid, gid, name, home }: StepIdentity, site: Site): string {
  const shell = site.environment['SHELL'] ?? '/bin/sh';
  const root = uid === 0 ? '' : 'root:x:0:0:root:/:/usr/sbin/nologin\n';
  return `${root}${name}:x:${uid}:${gid}::${field(home)}:${field(shell)}\nnobody:x:65534:65534::/:/usr/sbin/nologin\n`;
}

function group({ gid, name }: StepIdentity): string {
  return `${gid === 0 ? '' : 'root:x:0:\n'}${name}:x:${gid}:\nnogroup:x:65534:\n`;
}

function field(text: string): string {
  return /[:\n]/.test(text) ? '/' : text;
}

/** No search domains: a name is looked up as it is written. */
const GATEWAY_RESOLV_CONF = `nameserver ${SYNTHETIC_RESOLVER}\n`;

/** Whether the policy lets the step ask any of the resolvers at all. */
function resolverAnswers(site: Site, { mode, allow }: Policy['network']): boolean {
  if (mode.value === 'deny') return false;
  if (mode.value !== 'allowlist') return true;
  return site.nameservers.some((address) =>
    allow.some(({ value }) => matchesAddress(value, { address, port: 53, protocol: 'udp' })),
  );
}

/** Sealed off, the resolver's address stays: asking it is an attempt to leave, and must be seen. */
function resolvConf(site: Site, answered: boolean): string {
  const servers = site.nameservers.map((address) => `nameserver ${address}`);
  const options = answered ? site.resolverOptions : ['options timeout:1 attempts:1'];
  return [...servers, ...options].map((line) => `${line}\n`).join('');
}

/**
 * The last service has the last word. A resolver that cannot be asked would be a passing fault, and
 * programs would try again for minutes; after a second look at the files it is "no such name".
 */
function nameService(answered: boolean): string {
  const hosts = answered ? 'files dns' : 'files dns files';
  return `passwd: files\ngroup: files\nshadow: files\nhosts: ${hosts}\n`;
}
