export interface Style {
  /** Starts a line of ours: what came before may be unfinished, or may have hidden what follows. */
  readonly fresh: string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
}

/** Colours on a terminal; plain text everywhere else, and wherever NO_COLOR is set. */
export function styleFor(stream: { readonly isTTY?: boolean }): Style {
  return styleOf(stream.isTTY === true && mayColour() && process.env['TERM'] !== 'dumb');
}

/** The runner's log shows colours although it is no terminal; each line of ours starts one there. */
export function styleInLog(): Style {
  return { ...styleOf(mayColour()), fresh: '' };
}

function mayColour(): boolean {
  return (process.env['NO_COLOR'] ?? '') === '';
}

function styleOf(wanted: boolean): Style {
  const paint = (code: number) => (text: string) =>
    wanted ? `\u001b[${code}m${text}\u001b[0m` : text;
  return {
    fresh: wanted ? '\u001b[0m\n' : '\n',
    good: paint(32),
    bad: paint(31),
    warn: paint(33),
    dim: paint(2),
    bold: paint(1),
  };
}

/** Left-aligned columns, indented and two blanks apart; the last one is not padded. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, index) =>
    Math.max(...rows.map((row) => (row[index] ?? '').length)),
  );
  return rows.map((row) => {
    const cells = row.map((cell, index) =>
      index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0),
    );
    return `  ${cells.join('  ')}`.trimEnd();
  });
}
