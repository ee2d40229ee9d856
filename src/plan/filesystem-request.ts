import type { Capabilities } from '../capabilities/capability.ts';
import type { Facts } from '../capabilities/facts.ts';
import type { Policy } from '../policy/types.ts';
import type { LayerStack } from './filesystem-types.ts';
import type { Site } from './site.ts';
import type { StepIdentity } from './types.ts';
import type { WorkflowDecision } from './workflow.ts';

/** What the decisions about the file tree rest on. */
export interface FilesystemRequest {
  readonly policy: Policy;
  readonly capabilities: Capabilities;
  readonly site: Site;
  readonly identity: StepIdentity;
  /** Look-ups are answered by the gateway. */
  readonly gateway: boolean;
  readonly workflow: WorkflowDecision;
  readonly scratch: string;
  readonly stack: LayerStack;
  readonly tools: Facts['tools'];
  /** The highest uid that exists here. */
  readonly highestId: number;
}
