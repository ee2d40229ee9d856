import { tomlTexts } from './toml-texts.ts';

/** One setting of a configuration file. */
export interface Setting {
  /** Empty before the first heading. */
  readonly section: string;
  readonly key: string;
  readonly value: string;
}

const COMMENT = /^\s*[#;]/;
const HEADING = /^\s*\[([^\]]*)\]/;

/** The settings of an npmrc, the last of a key staying; `${NAME}` has the variable's value. Lines with an unknown one are left out. */
export function npmSettings(
  text: string,
  environment: Readonly<Record<string, string>>,
): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const line of linesOf(text)) {
    // What follows a heading is not npm's own.
    if (HEADING.test(line)) break;
    const [key, value] = pairOf(line, /=/) ?? [];
    if (key === undefined || value === undefined || COMMENT.test(line)) continue;
    const filled = withVariables(unquoted(value.replace(/\s*[#;].*$/, '')), environment);
    if (filled !== null) settings.set(unquoted(key), filled);
  }
  return settings;
}

function withVariables(text: string, environment: Readonly<Record<string, string>>): string | null {
  const names = [...text.matchAll(/\$\{([^}?]+)\??\}/g)].map(({ 1: name = '' }) => name);
  if (names.some((name) => !Object.hasOwn(environment, name))) return null;
  return text.replaceAll(/\$\{([^}?]+)\??\}/g, (_, name: string) => environment[name] ?? '');
}

/** The settings of a pip.conf, in their order; a value that goes on over indented lines has them all. */
export function pipSettings(text: string): Setting[] {
  const settings: Setting[] = [];
  let section = '';
  for (const line of linesOf(text)) {
    const heading = HEADING.exec(line)?.[1];
    const last = settings.at(-1);
    if (COMMENT.test(line) || line.trim() === '') continue;
    if (heading !== undefined) section = heading.trim();
    else if (/^\s/.test(line) && last?.section === section) {
      settings[settings.length - 1] = { ...last, value: `${last.value} ${line.trim()}`.trim() };
    } else {
      const [key, value] = pairOf(line, /[=:]/) ?? [];
      if (key !== undefined && value !== undefined)
        settings.push({ section, key: key.toLowerCase().replaceAll('_', '-'), value });
    }
  }
  return settings;
}

/** The addresses in one-line sources of apt: `deb [options] URI suite component…`. */
export function aptListUris(text: string): string[] {
  return linesOf(text).flatMap((line) => {
    const uri = /^\s*deb(?:-src)?\s+(?:\[[^\]]*\]\s*)?([^\s#[]+)/.exec(line)?.[1];
    return uri === undefined ? [] : [uri];
  });
}

/** The addresses in deb822 sources of apt, without the stanzas that are switched off. */
export function aptStanzaUris(text: string): string[] {
  return stanzasOf(text).flatMap((fields) => {
    const off = /^(?:no|false|without|off|disable|0)$/i.test(fields.get('enabled') ?? '');
    return off ? [] : wordsOf(fields.get('uris') ?? '');
  });
}

function stanzasOf(text: string): ReadonlyMap<string, string>[] {
  const stanzas: Map<string, string>[] = [new Map()];
  let field = '';
  for (const line of linesOf(text)) {
    const fields = stanzas.at(-1);
    const [key, value] = pairOf(line, /:/) ?? [];
    if (line.startsWith('#')) continue;
    if (line.trim() === '') stanzas.push(new Map());
    else if (/^\s/.test(line)) fields?.set(field, `${fields.get(field) ?? ''} ${line.trim()}`);
    else if (key !== undefined && value !== undefined) {
      field = key.toLowerCase();
      fields?.set(field, value);
    }
  }
  return stanzas;
}

/** The addresses in a list of mirrors: the first word of each line. */
export function aptMirrorUris(text: string): string[] {
  return linesOf(text).flatMap((line) => {
    const [uri = ''] = wordsOf(line);
    return uri === '' || uri.startsWith('#') ? [] : [uri];
  });
}

/** The indexes of registries and the sources that a configuration of cargo names. */
export function cargoUrls(text: string): string[] {
  return tomlTexts(text).flatMap(({ path, value }) => {
    const [table, , key] = path.length === 3 ? path : [];
    const named =
      (table === 'registries' && key === 'index') || (table === 'source' && key === 'registry');
    return named ? [value] : [];
  });
}

/** The settings of go's own file: `NAME=value`. */
export function goSettings(text: string): ReadonlyMap<string, string> {
  return new Map(
    linesOf(text).flatMap((line) => {
      const pair = COMMENT.test(line) ? null : pairOf(line, /=/);
      return pair === null ? [] : [pair];
    }),
  );
}

/** The proxies of a GOPROXY: `direct` and `off` are none. */
export function goProxies(value: string): string[] {
  return value
    .split(/[,|]/)
    .map((one) => one.trim())
    .filter((one) => !['', 'direct', 'off'].includes(one));
}

/** Where a GOSUMDB is asked: at its own URL, or at its name. Null for `off`. */
export function goSumUrl(value: string): string | null {
  const [name = '', url] = wordsOf(value);
  if (name === '' || name === 'off') return null;
  return url ?? `https://${name.replace(/\+.*$/, '')}`;
}

/** The words of a text that white space divides. */
export function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function linesOf(text: string): string[] {
  return text.replace(/^\uFEFF/, '').split(/\r?\n/);
}

/** What stands before and after the first divider, without the blanks around; null without one or without a key. */
function pairOf(line: string, divider: RegExp): [key: string, value: string] | null {
  const at = line.search(divider);
  const key = line.slice(0, Math.max(at, 0)).trim();
  return key === '' ? null : [key, line.slice(at + 1).trim()];
}

function unquoted(text: string): string {
  return /^(["'])(.*)\1$/.exec(text)?.[2] ?? text;
}
