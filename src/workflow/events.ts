/** What the runner tells of the event that started the workflow. */
export interface WorkflowEvent {
  readonly name: string;
  /** The commit of GITHUB_SHA. */
  readonly sha: string;
  /** The event's own document; anything at all. */
  readonly payload: unknown;
}

/** Who wrote the tree that is checked out, as far as policy goes. */
export type Trust =
  | { readonly kind: 'own' }
  /** Somebody outside may have written it: files count as they are in `base`, null where none is named. */
  | { readonly kind: 'proposed'; readonly base: string | null };

/** Decides from which commit files that steer Glovebox are read. */
export function trustOf({ name, sha, payload }: WorkflowEvent): Trust {
  switch (name) {
    case 'pull_request':
    case 'pull_request_target':
    case 'pull_request_review':
    case 'pull_request_review_comment':
      return proposed(at(payload, 'pull_request', 'base', 'sha'));
    case 'merge_group':
      return proposed(at(payload, 'merge_group', 'base_sha'));
    // The runner's own commit is then the tip of the default branch.
    case 'workflow_run':
    case 'issue_comment':
      return proposed(sha);
    default:
      return { kind: 'own' };
  }
}

function proposed(commit: unknown): Trust {
  const named = typeof commit === 'string' && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit);
  return { kind: 'proposed', base: named ? commit : null };
}

function at(document: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string, unknown>)[key]
        : undefined,
    document,
  );
}
