/** What a path starts from. Which directory that is, only the machine knows. */
type Origin = 'root' | 'home' | 'workspace';

interface Place {
  readonly origin: Origin;
  /** Without empty ones and `.`; each `..` has taken its directory away, or stands at the start. */
  readonly steps: readonly string[];
}

/**
 * Whether a path of a policy is `outer` or lies in it, whatever the machine looks like.
 * A path from the home directory, one from the workspace and an absolute one are never compared.
 */
export function liesWithin(inner: string, outer: string): boolean {
  const [a, b] = [placeOf(inner), placeOf(outer)];
  const rest = a.steps.slice(b.steps.length);
  return (
    a.origin === b.origin &&
    b.steps.every((step, index) => step === a.steps[index]) &&
    rest[0] !== '..'
  );
}

function placeOf(path: string): Place {
  const origin = path.startsWith('/')
    ? 'root'
    : path === '~' || path.startsWith('~/')
      ? 'home'
      : 'workspace';
  const steps: string[] = [];
  for (const step of path.split('/').slice(origin === 'home' ? 1 : 0)) {
    if (step === '' || step === '.') continue;
    if (step !== '..') steps.push(step);
    // Above the root there is only the root.
    else if (origin !== 'root' && (steps.length === 0 || steps.at(-1) === '..')) steps.push(step);
    else steps.pop();
  }
  return { origin, steps };
}
