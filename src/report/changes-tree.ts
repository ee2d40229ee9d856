import { formatSize } from '../policy/units.ts';
import { cell, folded, SHOWN } from './markdown.ts';
import type { EffectiveSandbox } from './schema.ts';

type Changes = NonNullable<EffectiveSandbox['changes']>;
type Change = Changes['files'][number];

/** A name that changed, or a directory on the way to one. */
interface Branch {
  /** Several names where nothing else lies between them. */
  readonly name: string;
  readonly change: Change | null;
  readonly inner: readonly Branch[];
  /** All below it, itself included. */
  readonly changes: readonly Change[];
}

const MARKS = { created: '+', modified: '~', deleted: '-' } as const;

/** What the step changed, as a tree that is folded away; nothing where nothing changed. */
export function changesPart({ changes }: EffectiveSandbox): string[] {
  if (changes === null) return [];
  const { files, notListed, unread } = changes;
  if (files.length === 0 && unread === 0) return [];
  const rest = [
    ...(notListed > 0
      ? ['', `…and ${notListed} more, which the report does not list either.`]
      : []),
    ...(unread > 0 ? ['', `${unread} places could not be looked at.`] : []),
  ];
  return folded(`Changes (${files.length + notListed})`, [
    `${inWords(files)}.`,
    '',
    ...treeLines(files),
    ...rest,
  ]);
}

function inWords(changes: readonly Change[]): string {
  const kinds = Object.entries(MARKS).flatMap(([kind, mark]) => {
    const count = changes.filter(({ change }) => change === kind).length;
    return count === 0 ? [] : [`${count} ${kind} (${mark})`];
  });
  return kinds.length === 0 ? 'Nothing was found' : kinds.join(', ');
}

/** At most fifty lines: what lies deeper than there is room for is counted where it begins. */
function treeLines(changes: readonly Change[]): string[] {
  const top = branchesOf(changes.map((change) => ({ names: change.path.split('/'), change })));
  const shown = top.slice(0, SHOWN);
  const open = openWithin(SHOWN - shown.length, shown);
  const rest = top.length - shown.length;
  return [
    '<pre>',
    ...shown.flatMap((branch) => linesOf(branch, open, '')),
    ...(rest > 0 ? [`… ${rest} more`] : []),
    '</pre>',
  ];
}

interface Leaf {
  readonly names: readonly string[];
  readonly change: Change;
}

function branchesOf(leaves: readonly Leaf[]): Branch[] {
  const byName = new Map<string, Leaf[]>();
  for (const leaf of leaves) {
    const [name = ''] = leaf.names;
    byName.set(name, [...(byName.get(name) ?? []), leaf]);
  }
  return [...byName].map(([name, below]) => branchOf(name, below));
}

function branchOf(name: string, leaves: readonly Leaf[]): Branch {
  const own = leaves.find(({ names }) => names.length === 1)?.change ?? null;
  const inner = branchesOf(
    leaves
      .filter(({ names }) => names.length > 1)
      .map(({ names, change }) => ({ names: names.slice(1), change })),
  );
  const [only] = inner;
  if (own === null && only !== undefined && inner.length === 1)
    return { ...only, name: `${name}/${only.name}` };
  return { name, change: own, inner, changes: leaves.map(({ change }) => change) };
}

/** Which branches there is room to open, those nearest to the top first. */
function openWithin(room: number, top: readonly Branch[]): ReadonlySet<Branch> {
  const open = new Set<Branch>();
  let left = room;
  let level = top;
  while (level.length > 0) {
    const opened = level.filter(({ inner }) => {
      const fits = inner.length > 0 && inner.length <= left;
      if (fits) left -= inner.length;
      return fits;
    });
    for (const branch of opened) open.add(branch);
    level = opened.flatMap(({ inner }) => inner);
  }
  return open;
}

function linesOf(branch: Branch, open: ReadonlySet<Branch>, indent: string): string[] {
  const { name, change, inner, changes } = branch;
  const mark = change === null ? ' ' : MARKS[change.change];
  const isDirectory = inner.length > 0 || change?.kind === 'directory';
  const shut = inner.length > 0 && !open.has(branch) ? `  ${inWords(changes)}` : '';
  const size =
    change !== null && change.kind === 'file' && change.change !== 'deleted'
      ? `  ${formatSize(change.size)}`
      : '';
  return [
    `${indent}${mark} ${cell(name)}${isDirectory ? '/' : ''}${size}${shut}`,
    ...(open.has(branch) ? inner.flatMap((one) => linesOf(one, open, `${indent}  `)) : []),
  ];
}
