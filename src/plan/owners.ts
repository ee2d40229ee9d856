/** A user and its group. */
interface Ids {
  readonly uid: number;
  readonly gid: number;
}

/** Whoever is `one` becomes `other`, and the reverse; everybody else stays who they are. */
export function exchanged(id: number, one: number, other: number): number {
  return id === one ? other : id === other ? one : id;
}

/**
 * mount's option for a bind on which the files of `owner` are those of `step`, and the reverse. Every
 * id up to `highest` has a place: a file whose owner had none could not even be read by root.
 */
export function idmapOption(owner: Ids, step: Ids, highest: number): string {
  return `X-mount.idmap=${[
    ...extents('u', owner.uid, step.uid, highest),
    ...extents('g', owner.gid, step.gid, highest),
  ].join(' ')}`;
}

/** Each `kind:id on the disk:id on the mount:count`. */
function extents(kind: 'u' | 'g', one: number, other: number, highest: number): string[] {
  const [low, high] = [Math.min(one, other), Math.max(one, other)];
  const cuts = one === other ? [] : [low, high];
  const starts = [...new Set([0, ...cuts.flatMap((id) => [id, id + 1])])];
  return starts
    .filter((from) => from <= highest)
    .toSorted((a, b) => a - b)
    .map((from, index, all) => {
      const to = all[index + 1] ?? highest + 1;
      return `${kind}:${from}:${exchanged(from, one, other)}:${to - from}`;
    });
}
