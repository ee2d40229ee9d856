/**
 * Whether every name that `inner` can mean is one that `outer` means; both are names or globs of `*` and `?`.
 * Never true in error; false for some pairs whose proof would need more than one look along both.
 */
export function globCovers(outer: string, inner: string): boolean {
  const [wide, narrow] = [ordered(outer), ordered(inner)];
  // reached[at]: the first `at` characters of `outer` cover what was read of `inner` so far.
  let reached = afterStars(wide, [true]);
  for (const character of narrow) {
    const next: boolean[] = [];
    for (const [at, open] of reached.entries()) {
      if (open && wide[at] === '*') next[at] = true;
      if (open && takes(wide[at], character)) next[at + 1] = true;
    }
    reached = afterStars(wide, next);
  }
  return reached[wide.length] === true;
}

/** `*?` means what `?*` means, and `**` what `*` does. */
function ordered(glob: string): string {
  return glob.replaceAll(
    /[*?]+/g,
    (run) => run.replaceAll('*', '') + (run.includes('*') ? '*' : ''),
  );
}

function takes(wide: string | undefined, narrow: string): boolean {
  return wide === '?' ? narrow !== '*' : wide === narrow && wide !== '*';
}

/** A `*` may stand for nothing. */
function afterStars(wide: string, reached: boolean[]): boolean[] {
  for (let at = 0; at < wide.length; at += 1) {
    if (reached[at] === true && wide[at] === '*') reached[at + 1] = true;
  }
  return reached;
}
