/** What to undo when a run is over, last first. */
export type Undo = (() => void | Promise<void>)[];

export async function undoAll(undo: Undo): Promise<void> {
  for (const step of undo.toReversed()) await step();
}
