import { type GitSetting, readGitConfig, writeGitConfig } from './git-syntax.ts';

/** What a git configuration is when its credentials are out of it. */
export interface CleanedGitConfig {
  /** git reads it to the settings that are left, in their order. Comments are gone. */
  readonly text: string;
  /** Names such as `http.https://host/.extraheader`, never values. Empty: nothing had to go. */
  readonly removed: readonly string[];
  /** Files that are read as further configuration, as they are written there. */
  readonly includes: readonly string[];
  /** Files that hold a credential, as they are written there. */
  readonly files: readonly string[];
}

/** For a file that git would not read either: a repository of the plainest kind. */
const PLAIN = '[core]\n\trepositoryformatversion = 0\n';

/** Sections about another machine or a key, of which only these settings are known to be harmless. */
const HARMLESS: Readonly<Record<string, readonly string[]>> = {
  credential: [],
  include: [],
  includeif: [],
  gpg: [],
  sendemail: [],
  imap: [],
  url: ['insteadof', 'pushinsteadof'],
  remote: [
    ...['url', 'pushurl', 'fetch', 'push', 'pushdefault', 'mirror', 'prune', 'prunetags'],
    ...['tagopt', 'skipdefaultupdate', 'skipfetchall', 'promisor', 'partialclonefilter'],
    ...['followremotehead', 'proxy', 'gh-resolved'],
  ],
  http: [
    ...['proxy', 'sslverify', 'sslcainfo', 'sslcapath', 'sslversion', 'sslbackend', 'version'],
    ...['postbuffer', 'lowspeedlimit', 'lowspeedtime', 'followredirects', 'maxrequests'],
  ],
};

/** A secret by its name, or a program that is started to get one. */
const TELLING_KEY =
  /token|passw|passphrase|secret|api-?key|private-?key|signingkey|cookie|header|oauth|smtppass|^pass$|sshcommand|askpass|gitproxy/;

/** A secret by its looks, wherever it stands. */
const TELLING_VALUE =
  /authorization|x-access-token|x-oauth-basic|\b(?:bearer|basic|token)\s+[\w.~+/=-]{8,}|\b(?:gh[opsur]|glpat|gldt|glrt|npm|xox[abp])[-_]\w{8,}|github_pat_|\bAKIA[0-9A-Z]{12,}|-----BEGIN/i;

/** Settings whose value may be an address without a scheme. */
const ADDRESS = /^(?:url|pushurl|proxy|pushdefault|remote|pushremote)$/;

/** Takes out of a git configuration what is a credential, leads to one, or reads other files in. */
export function withoutCredentials(text: string): CleanedGitConfig {
  const document = readGitConfig(text);
  if (document === null)
    return { text: PLAIN, removed: ['all of it: git cannot read it'], includes: [], files: [] };
  const judged = document.settings.map((setting) => ({ setting, left: whatIsLeft(setting) }));
  const gone = judged.filter(({ setting, left }) => left?.value !== setting.value || left === null);
  const telling = document.comments.some((comment) => withoutUserinfo(comment) !== comment);
  return {
    text: writeGitConfig(judged.flatMap(({ left }) => (left === null ? [] : [left]))),
    removed: [
      ...new Set([
        ...gone.map(({ setting }) => nameOf(setting)),
        ...(telling ? ['a comment'] : []),
      ]),
    ],
    includes: document.settings.flatMap(includedBy),
    files: document.settings.flatMap(filesOf),
  };
}

/** The setting, the setting with a shorter value, or null. */
function whatIsLeft(setting: GitSetting): GitSetting | null {
  const { section, subsection, key, value } = setting;
  if (section === '' || TELLING_KEY.test(section) || TELLING_KEY.test(key)) return null;
  if (HARMLESS[section]?.includes(key) === false) return null;
  if (subsection !== null && withoutUserinfo(subsection) !== subsection) return null;
  if (value === null) return setting;
  if (ADDRESS.test(key) && !value.includes('://') && /:.*@/s.test(value)) return null;
  if (key === 'proxy' && value.includes('@')) return null;
  const left = withoutUserinfo(value);
  // Half a rewriting rule would be another rule.
  if (left === null || (section === 'url' && left !== value)) return null;
  return { ...setting, value: left };
}

/**
 * An address without user, password, query and fragment; any other text as it is. null where what
 * is secret cannot be told from the rest. For ssh the user stays, because it is no secret there.
 */
function withoutUserinfo(text: string): string | null {
  const [, scheme = '', user, rest = ''] =
    /^([a-z][a-z0-9+.-]*:\/\/)(?:([^@/?#\s]*)@)?([^@?#\s]*)(?:[?#][^@\s]*)?$/i.exec(text) ?? [];
  if (scheme === '') return /:\/\/.*[@?]/s.test(text) || TELLING_VALUE.test(text) ? null : text;
  const kept = user !== undefined && /ssh/i.test(scheme) && !user.includes(':') ? `${user}@` : '';
  const left = scheme + kept + rest;
  return TELLING_VALUE.test(left) ? null : left;
}

/** Only what looks like a name: where a value was broken over lines, a piece of it stands as a key. */
function nameOf({ section, subsection, key, value }: GitSetting): string {
  const shownKey = value !== null && value !== '' && /^[a-z-]{1,32}$/.test(key) ? key : '…';
  const within = subsection === null ? '' : `.${withoutUserinfo(subsection) ?? '…'}`;
  return `${section || '…'}${within.length > 120 ? `${within.slice(0, 120)}…` : within}.${shownKey}`;
}

function includedBy({ section, key, value }: GitSetting): string[] {
  const includes = section === 'include' || section === 'includeif';
  return includes && key === 'path' && value !== null ? [value] : [];
}

const KEY_FILE = /^(?:cookiefile|sslkey|sslcert|proxysslkey|proxysslcert|signingkey)$/;
const ARGUMENT = String.raw`("[^"]*"|'[^']*'|\S+)`;

function filesOf({ section, key, value }: GitSetting): string[] {
  if (value === null) return [];
  if (KEY_FILE.test(key)) return value.endsWith('.pub') ? [] : [value];
  if (section === 'credential' && key === 'helper') return argumentsOf(value, '--file[=\\s]+');
  if (section === 'core' && key === 'sshcommand')
    return argumentsOf(value, '(?:-i\\s*|identityfile[=\\s]+)');
  return [];
}

function argumentsOf(command: string, before: string): string[] {
  const found = command.matchAll(new RegExp(before + ARGUMENT, 'gi'));
  return [...found].map(({ 1: argument = '' }) => argument.replace(/^(["'])(.*)\1$/, '$2'));
}
