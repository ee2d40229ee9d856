import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Scalar,
  type Alias,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';
import type { Finding, Path, Position } from './findings.ts';
import { printable } from './reading.ts';

const MOST_ALIASES = 100;

type Keyed = ReadonlyMap<string, Pair<Scalar, Node | null>>;

/** What stands in a YAML document, as plain data, and where. */
export interface Tree {
  /** undefined where the aliases are too many to follow. */
  readonly value: unknown;
  readonly findings: readonly Finding[];
  /** Where the value at a path stands, or its key; the nearest thing around it where there is none. */
  readonly locate: (path: Path, onKey?: boolean) => Position;
}

/** Checks keys and aliases, which the schema cannot see, and turns the document into plain data. Changes the document. */
export function readTree(document: Document, positionOf: (offset: number) => Position): Tree {
  const findings: Finding[] = [];
  const keys = new Map<YAMLMap, Keyed>();
  const targets = new Map<Alias, Node | undefined>();

  const positionIn = (node: unknown): Position =>
    positionOf((node as Node | null)?.range?.[0] ?? 0);

  /** The node to keep at this path: itself, or an empty one for an alias that leads nowhere. */
  function settle(node: unknown, path: Path): Node | null {
    if (isAlias(node)) return settleAlias(node, path);
    if (isMap(node)) settleMap(node, path);
    if (isSeq(node))
      node.items.forEach((item, index) => (node.items[index] = settle(item, [...path, index])));
    if (isScalar(node)) keepSpelling(node, path);
    return node as Node | null;
  }

  function settleAlias(alias: Alias, path: Path): Node {
    // Each lookup walks the whole document, so past the limit there are none.
    const target = targets.size < MOST_ALIASES ? alias.resolve(document) : undefined;
    targets.set(alias, target);
    if (target || targets.size > MOST_ALIASES) return alias;
    findings.push({
      path,
      message: `\`*${printable(alias.source)}\` is an alias of nothing`,
      expected: `a value that starts with * in quotes, like "*${printable(alias.source)}"`,
      position: positionIn(alias),
    });
    const empty = new Scalar(null);
    if (alias.range) empty.range = alias.range;
    return empty;
  }

  function settleMap(map: YAMLMap, path: Path): void {
    const known = new Map<string, Pair<Scalar, Node | null>>();
    for (const pair of map.items as Pair<Node | null, Node | null>[]) {
      const key = isScalar(pair.key) && typeof pair.key.value === 'string' ? pair.key.value : null;
      const first = key === null ? undefined : known.get(key);
      if (key === null || first) findings.push(keyFinding(path, key, pair.key, first?.key));
      else known.set(key, pair as Pair<Scalar, Node | null>);
      pair.value = settle(pair.value, key === null ? path : [...path, key]);
    }
    map.items = [...known.values()];
    keys.set(map, known);
  }

  function keyFinding(path: Path, key: string | null, node: Node | null, first?: Node): Finding {
    const position = positionIn(node);
    return key === null
      ? { path, message: 'a key is not text', expected: 'a name as the key', position, onKey: true }
      : {
          path: [...path, key],
          message: `key \`${printable(key)}\` is given twice`,
          expected: `each key once; the first is on line ${positionIn(first).line}`,
          position,
          onKey: true,
        };
  }

  function locate(path: Path, onKey = false): Position {
    let node: unknown = document.contents;
    let found: unknown = node;
    for (const [depth, step] of path.entries()) {
      if (isAlias(node)) node = targets.get(node);
      const pair = isMap(node) ? keys.get(node)?.get(String(step)) : undefined;
      if (pair && onKey && depth === path.length - 1) return positionIn(pair.key);
      node = isSeq(node) ? node.items[Number(step)] : pair?.value;
      if (!node) return positionIn(pair?.key ?? found);
      found = node;
    }
    return positionIn(found);
  }

  document.contents = settle(document.contents, []);
  const value = plainValue(document, targets.size);
  if (value !== undefined) return { value, findings, locate };
  const excess: Finding = {
    path: [],
    message: 'the file has too many aliases',
    expected: `at most ${MOST_ALIASES}`,
  };
  return { value, findings: [...findings, excess], locate };
}

/** A variable set to 1.10 or 007 gets exactly those characters, not the number's shortest spelling. */
function keepSpelling(scalar: Scalar, [section, key, name]: Path): void {
  const written =
    typeof scalar.value === 'number' || typeof scalar.value === 'boolean'
      ? scalar.source
      : undefined;
  if (section === 'environment' && key === 'set' && name !== undefined && written !== undefined)
    scalar.value = written;
}

function plainValue(document: Document, aliases: number): unknown {
  if (aliases > MOST_ALIASES) return undefined;
  try {
    // The parser counts the anchor as well.
    return document.toJS({ maxAliasCount: MOST_ALIASES + 1 });
  } catch (thrown) {
    // Aliases of aliases can multiply; the parser counts what they would become.
    if (thrown instanceof ReferenceError) return undefined;
    throw thrown;
  }
}
