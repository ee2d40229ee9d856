import { type Facts, SUPPLIED_TOOLS } from '../capabilities/facts.ts';
import { rewritable } from '../tools/ownership.ts';
import { type AttemptRequest, type Attempts, tryAll } from './attempts.ts';

/** How the kernel says no. */
const REFUSED =
  /not permitted|permission denied|no permissions|no space left|invalid argument|not implemented|too many users/i;

/** Tries everything with user namespaces, and only where root cannot have them, by root's own privileges. */
export async function tryEverything(request: AttemptRequest): Promise<Attempts> {
  const first = await tryAll(request, { byRoot: false });
  if (request.shed === null || !isRefused(first)) return first;
  // A trial of which something was killed can sound alike, and is no reason for another way.
  const usual = await tryAll(request, { byRoot: false });
  const failed = failureOf(usual);
  if (failed === undefined || !isRefused(usual)) return usual;
  const open = openTool(request.tools);
  if (open !== null) return { ...usual, privileges: { tried: true, ok: false, said: open } };
  const byRoot = await tryAll(request, { byRoot: true });
  const wrong = failureOf(byRoot);
  return wrong === undefined
    ? { ...byRoot, namespaces: failed, privileges: byRoot.namespaces }
    : { ...usual, privileges: wrong };
}

function isRefused(attempts: Attempts): boolean {
  const failed = failureOf(attempts);
  return failed?.tried === true && !failed.ok && REFUSED.test(failed.said);
}

function failureOf({ namespaces, bwrap }: Attempts): Attempts['bwrap'] | undefined {
  return [namespaces, bwrap].find((one) => one.tried && !one.ok);
}

/**
 * Why root may not run the tools: elsewhere one that lies in a cache is only run as somebody who may as
 * well rewrite it. null: it may. Exported for tests.
 */
export function openTool(
  tools: Pick<Facts['tools'], (typeof SUPPLIED_TOOLS)[number]>,
): string | null {
  const files = SUPPLIED_TOOLS.flatMap((name) => {
    const { path, supply } = tools[name];
    const words = supply?.command.filter((word) => word.startsWith('/')) ?? [];
    return path === null ? [] : [path, ...words];
  });
  const open = files.map(rewritable).find((path) => path !== null);
  return open === undefined ? null : `${open} could be rewritten by others, and root would run it`;
}
