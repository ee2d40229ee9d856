import type { Attempt, ToolFact } from '../capabilities/facts.ts';
import { execute } from '../tools/execute.ts';

/** What became of an act that tells its complaint; not tried where there is no tool for it. */
export async function attempt(
  tool: ToolFact | null,
  act: () => Promise<string | null>,
): Promise<Attempt> {
  if (tool === null || tool.path === null) return { tried: false };
  const complaint = await act();
  return complaint === null
    ? { tried: true, ok: true }
    : { tried: true, ok: false, said: complaint };
}

/** What a program complained of; null when it succeeded. */
export async function complaintOf(
  argv: readonly string[],
  stdin: string | Uint8Array = '',
): Promise<string | null> {
  const { code, stderr } = await execute(argv, { stdin });
  return code === 0 ? null : stderr.trim() || `exit code ${code}`;
}
