import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutCredentials } from '../../src/plan/git-config.ts';
import { readGitConfig } from '../../src/plan/git-syntax.ts';
import { asGitReads } from './real-git.ts';

const SECRET = 'c2VjcmV0LWNhbmFyeQ';
const CHECKOUT = `[core]
	repositoryformatversion = 0
	filemode = true
	bare = false
	logallrefupdates = true
[remote "origin"]
	url = https://example.com/owner/project
	fetch = +refs/heads/*:refs/remotes/origin/*
[gc]
	auto = 0
`;

describe('what is taken out', () => {
  it.each<[string, string, string]>([
    [
      'the header of a checkout',
      `[http "https://example.com/"]\n\textraheader = AUTHORIZATION: basic ${SECRET}\n`,
      'http.https://example.com/.extraheader',
    ],
    [
      'the include of a newer one',
      '[includeIf "gitdir:/work/project/.git"]\n\tpath = /temp/git-credentials-1.config\n',
      'includeif.gitdir:/work/project/.git.path',
    ],
    ['a plain include', `[include]\npath = ${SECRET}\n`, 'include.path'],
    ['a store', `[credential]\n\thelper = store --file=/x/${SECRET}\n`, 'credential.helper'],
    [
      'a helper for one host',
      `[credential "https://example.com"]\nhelper = "!f() { echo password=${SECRET}; }; f"\n`,
      'credential.https://example.com.helper',
    ],
    [
      'a rewriting with a token',
      `[url "https://x-access-token:${SECRET}@example.com/"]\n\tinsteadOf = https://example.com/\n`,
      'url.https://example.com/.insteadof',
    ],
    [
      'a rewriting of an address with a token',
      `[url "https://example.com/"]\n\tinsteadOf = https://${SECRET}@example.com/\n`,
      'url.https://example.com/.insteadof',
    ],
    ['a proxy with a password', `[http]\nproxy = http://u:${SECRET}@h:1\n`, 'http.proxy'],
    ['a proxy without a scheme', `[http]\nproxy = u:${SECRET}@h:1\n`, 'http.proxy'],
    ['a proxy with a token', `[remote "a"]\nproxy = ${SECRET}@h:1\n`, 'remote.a.proxy'],
    ['a file of cookies', `[http]\ncookieFile = /${SECRET}\n`, 'http.cookiefile'],
    ['a client key', `[http]\nsslKey = /${SECRET}\n`, 'http.sslkey'],
    ['an unknown key of http', `[http]\nnewfangled = ${SECRET}\n`, 'http.newfangled'],
    ['a command for ssh', `[core]\nsshCommand = ssh -i /${SECRET}\n`, 'core.sshcommand'],
    ['a program that asks', `[core]\naskPass = echo ${SECRET}\n`, 'core.askpass'],
    ['a mail password', `[sendemail "x"]\nsmtpPass = ${SECRET}\n`, 'sendemail.x.smtppass'],
    ['a key by its name', `[github]\noauth-token = ${SECRET}\n`, 'github.oauth-token'],
    [
      'an alias with a header',
      `[alias]\nup = !git -c http.extraHeader="Authorization: bearer ${SECRET}" fetch\n`,
      'alias.up',
    ],
    ['an option to a server', `[remote "a"]\nserverOption = ${SECRET}\n`, 'remote.a.serveroption'],
    [
      'an odd address',
      `[remote "a"]\nurl = ext::fetch https://u:${SECRET}@example.com %S\n`,
      'remote.a.url',
    ],
    [
      'an address with a broken password',
      `[remote "a"]\nurl = https://u:p/${SECRET}@example.com/\n`,
      'remote.a.url',
    ],
    [
      'an address in another section',
      `[lfs "https://u:${SECRET}@example.com/x"]\naccess = basic\n`,
      'lfs.https://example.com/x.access',
    ],
    ['the old form of a section', `[credential.x]\nhelper = ${SECRET}\n`, 'credential.x.helper'],
    ['a section on one line', `[credential] helper = ${SECRET}\n`, 'credential.helper'],
    ['a continued value', `[credential]\nhelper = a\\\n${SECRET}\n`, 'credential.helper'],
    ['capitals', `[CREDENTIAL "x"] HELPER="${SECRET}"\n`, 'credential.x.helper'],
    ['a comment', `# [remote "a"] url = https://u:${SECRET}@example.com/\n`, 'a comment'],
    ['a comment behind a value', `[include]\npath = c ; Authorization: ${SECRET}\n`, 'a comment'],
    ['a key before every section', `token = ${SECRET}\n`, '….token'],
    ['a piece of a value', `[http]\nextraheader = x\n${SECRET}\n`, 'http.…'],
  ])('%s', (_name, text, name) => {
    const cleaned = withoutCredentials(`${text}${CHECKOUT}`);
    expect(cleaned.removed).toContain(name);
    expect(cleaned.text).not.toContain(SECRET);
    expect(JSON.stringify(cleaned.removed).toLowerCase()).not.toContain(SECRET.toLowerCase());
    expect(asGitReads(cleaned.text)).toEqual(asGitReads(CHECKOUT));
  });

  it.each([
    ['https://user:SECRET@example.com/a/b.git', 'https://example.com/a/b.git'],
    ['https://SECRET@example.com/a', 'https://example.com/a'],
    ['https://example.com/a?private_token=SECRET', 'https://example.com/a'],
    ['ssh://git:SECRET@example.com/a', 'ssh://example.com/a'],
    ['ssh://git@example.com/a', 'ssh://git@example.com/a'],
    ['git@example.com:a/b.git', 'git@example.com:a/b.git'],
    ['https://example.com/a', 'https://example.com/a'],
    ['/srv/git/a', '/srv/git/a'],
    ['../a', '../a'],
  ])('of an address %s %s is left', (url, left) => {
    const text = `[remote "a"]\n\turl = ${url}\n\tpushurl = ${url}\n[submodule "b"]\n\turl = ${url}\n[branch "c"]\n\tremote = ${url}\n`;
    const { text: cleaned, removed } = withoutCredentials(text);
    expect(asGitReads(cleaned)).toEqual([
      `remote.a.url\n${left}`,
      `remote.a.pushurl\n${left}`,
      `submodule.b.url\n${left}`,
      `branch.c.remote\n${left}`,
    ]);
    expect(removed).toEqual(
      url === left
        ? []
        : ['remote.a.url', 'remote.a.pushurl', 'submodule.b.url', 'branch.c.remote'],
    );
  });

  it.each([
    ['an unfinished section', '[credential'],
    ['an unfinished quote', `[credential]\nhelper = "${SECRET}`],
    ['no key', `[credential]\n= ${SECRET}`],
    ['an unknown escape', String.raw`[a]\nb = \x`],
    ['binary', `[a]\nb = ${SECRET}\0`],
  ])('nothing is left of what git cannot read: %s', (_, text) => {
    const cleaned = withoutCredentials(`${text}\n`);
    expect(cleaned.removed).toEqual(['all of it: git cannot read it']);
    expect(asGitReads(cleaned.text)).toEqual(['core.repositoryformatversion\n0']);
  });
});

describe('what stays', () => {
  it('everything that a repository is made of', () => {
    const text = `${CHECKOUT}[core]
	worktree = ../../../sub
	autocrlf = input
	hooksPath = .hooks
	fsmonitor
	quotedPath = off # no octal
[branch "renovate/@types/node"]
	remote = origin
	merge = refs/heads/renovate/@types/node
[remote "origin"]
	fetch = +refs/heads/renovate/@types/node:refs/remotes/origin/renovate/@types/node
	promisor = true
	partialclonefilter = blob:none
[extensions]
	worktreeConfig = true
[filter "lfs"]
	process = git-lfs filter-process
	required = true
[user]
	name = "A  \\"B\\" \\\\ ; C"
	email = a@example.com
[url "git@example.com:"]
	insteadOf = https://example.com/
[alias]
	who = log --format='%h: %an <%ae>'
[odd "a \\"b\\" \\\\ .c"]
	value = " spaces\\tand\\nlines "
	empty =
`;
    const cleaned = withoutCredentials(text);
    expect(cleaned.removed).toEqual([]);
    expect(asGitReads(cleaned.text)).toEqual(asGitReads(text));
  });

  it('line ends of another system', () => {
    const { text } = withoutCredentials('\uFEFF[core]\r\n\tbare = false\r\n\ta = b\\\r\nc\r\n');
    expect(asGitReads(text)).toEqual(['core.bare\nfalse', 'core.a\nbc']);
  });
});

describe('what it leads to', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['[include]\npath = ../a\n[includeIf "onbranch:x"]\npath = b', ['../a', 'b'], []],
    ['[credential]\nhelper = store --file=.git/x', [], ['.git/x']],
    ['[credential]\nhelper = "store --file \'a b\'"', [], ['a b']],
    ['[http]\ncookieFile = c\nsslKey = k\nsslCert = s', [], ['c', 'k', 's']],
    ['[core]\nsshCommand = ssh -i key -o IdentityFile=other', [], ['key', 'other']],
    ['[user]\nsigningKey = a.pub', [], []],
    ['[credential]\nhelper = cache\n[credential]\nhelper\nhelper =', [], []],
  ])('%j', (text, includes, files) => {
    expect(withoutCredentials(text)).toMatchObject({ includes, files });
  });
});

describe('for every configuration', () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
  const anyValue = fc
    .string({ unit: 'grapheme', maxLength: 20 })
    .map((text) => text.replaceAll(/[\0\r\n]/g, ''));
  const blank = fc.constantFrom('', ' ', '\t', '  ', '\n', ' \n\t', '# x\n', '\r\n');
  const cased = (text: string): fc.Arbitrary<string> =>
    fc
      .infiniteStream(fc.boolean())
      .map((up) =>
        text.replaceAll(/[a-z]/g, (char) => (up.next().value === true ? char.toUpperCase() : char)),
      );
  const quote = (text: string): string =>
    `"${text.replaceAll(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;

  const DANGEROUS: readonly (readonly [string, string | null, string, string])[] = [
    ['http', 'https://example.com/', 'extraheader', `AUTHORIZATION: basic ${SECRET}`],
    ['http', null, 'proxy', `http://u:${SECRET}@h:1`],
    ['http', null, 'cookiefile', `/${SECRET}`],
    ['credential', null, 'helper', `store --file=/${SECRET}`],
    ['credential', `https://u:${SECRET}@h`, 'username', 'u'],
    ['include', null, 'path', `/${SECRET}`],
    ['includeif', 'gitdir:/x', 'path', `/${SECRET}`],
    ['url', `https://u:${SECRET}@h/`, 'insteadof', 'https://h/'],
    ['remote', 'origin', 'url', `https://${SECRET}@h/a`],
    ['remote', 'origin', 'pushurl', `https://u:${SECRET}@h/a`],
    ['submodule', 's', 'url', `https://u:${SECRET}@h/a`],
    ['core', null, 'sshcommand', `ssh -i /${SECRET}`],
  ];
  /** One setting in any of the ways in which it may be written. */
  const written = (
    section: string,
    subsection: string | null,
    key: string,
    value: string,
  ): fc.Arbitrary<string> =>
    fc
      .tuple(
        cased(section),
        cased(key),
        fc.tuple(blank, blank, fc.constantFrom('', ' ', '\t'), blank),
        fc.nat(value.length),
        fc.boolean(),
      )
      .map(([head, name, [before, after, around, behind], cut, inQuotes]) => {
        const broken = `${value.slice(0, cut)}\\\n${value.slice(cut)}`;
        const text = inQuotes
          ? quote(value)
          : /[";#\\]|^\s|\s$|\s\s/.test(value)
            ? quote(value)
            : broken;
        const header = subsection === null ? `[${head}]` : `[${head} ${quote(subsection)}]`;
        return `${before}${header}${after}${name}${around}=${around}${text}\n${behind}`;
      });
  const benign = fc
    .tuple(fc.constantFrom('a', 'odd-section', 'diff'), fc.option(anyValue), word, anyValue)
    .filter(([, subsection, , value]) => !/:\/\//.test(`${subsection ?? ''} ${value}`));

  it('no secret of a dangerous key is left', () => {
    const piece = fc.oneof(
      fc.constantFrom(...DANGEROUS).chain((setting) => written(...setting)),
      benign.chain((setting) => written(...setting)),
    );
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), (pieces) => {
        const { text, removed } = withoutCredentials(pieces.join(''));
        expect(text).not.toContain(SECRET);
        expect(removed.join('\n').toLowerCase()).not.toContain(SECRET.toLowerCase());
        expect(removed).not.toContain('all of it: git cannot read it');
      }),
      { numRuns: 500 },
    );
  });

  it('harmless keys survive, and what comes out is settled', () => {
    const pieces = fc.array(
      benign.chain((setting) => written(...setting)),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(pieces, (texts) => {
        const once = withoutCredentials(texts.join(''));
        expect(once.removed).toEqual([]);
        expect(readGitConfig(once.text)?.settings).toEqual(readGitConfig(texts.join(''))?.settings);
        expect(withoutCredentials(once.text)).toEqual(once);
      }),
    );
  });
});
