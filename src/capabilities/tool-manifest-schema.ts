import { z } from 'zod/mini';
import { toolManifest } from './tool-manifest.ts';

/** The JSON Schema (draft 2020-12) of tools/manifest.json. */
export function toolManifestJsonSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(toolManifest, { target: 'draft-2020-12' });
  return { $schema, title: 'Glovebox tools manifest', ...schema };
}
