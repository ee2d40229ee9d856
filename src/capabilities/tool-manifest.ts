import { z } from 'zod/mini';
import { SUPPLIED_TOOLS } from './facts.ts';

const told = <Type extends z.ZodMiniType>(type: Type, description: string): Type =>
  type.check(z.meta({ description }));

/** Below a directory of ours: plain names only, so that none leads out of it. */
const path = z.string().check(z.regex(/^(?!.*\.\.)[\w+-][\w.+~-]*(?:\/[\w+-][\w.+~-]*)*$/));
const sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/));
const size = z.int().check(z.nonnegative());

const toolFile = z.strictObject({ path, sha256, size, executable: z.boolean() });
export type ToolFile = z.infer<typeof toolFile>;

/** A tool as it lies in a cache: the program, and the libraries that it needs beside it. */
const tree = {
  program: told(path, 'The program itself'),
  loader: told(
    z.nullable(z.string().check(z.regex(/^[\w./+-]+$/))),
    'The loader that starts it with the libraries in `lib`: in the archive, or the absolute path of the machine’s; null where the program starts by itself',
  ),
  files: told(z.array(toolFile), 'Every file, and there is no other'),
};

const archive = z.strictObject({
  tool: z.enum(SUPPLIED_TOOLS),
  version: z.string().check(z.regex(/^\d+\.\d+\.\d+$/)),
  arch: z.enum(['x64', 'arm64']),
  path: told(path, 'Below the release or the mirror'),
  sha256,
  size: told(size, 'Bytes'),
  licence: told(z.string(), 'Of the program, as an SPDX expression; all texts are in the archive'),
  packages: told(z.array(z.string()), 'The packages that it was made of, each as `name=version`'),
  ...tree,
});
export type Archive = z.infer<typeof archive>;

export const toolManifest = z.strictObject({
  version: z.literal(1),
  release: told(
    z.nullable(z.string().check(z.regex(/^https:\/\/\S+[^/\s]$/))),
    'Where the archives lie when no mirror is named; null while none are released',
  ),
  archives: z.array(archive),
});
export type ToolManifest = z.infer<typeof toolManifest>;

/** What was unpacked from the distribution's packages, written down where no step can write. */
const toolRecord = z.strictObject({
  version: z.literal(1),
  tool: z.enum(SUPPLIED_TOOLS),
  directory: z.string().check(z.startsWith('/')),
  packages: z.array(z.string()),
  ...tree,
});
export type ToolRecord = z.infer<typeof toolRecord>;

/** What is known of a tool's files, wherever they lie. */
export type ToolTree = Pick<Archive, 'program' | 'loader' | 'files'>;

export type Read<Value> =
  | { readonly value: Value; readonly problem: null }
  | { readonly value: null; readonly problem: string };

export function readManifest(text: string): Read<ToolManifest> {
  return read(toolManifest, text);
}

export function readRecord(text: string): Read<ToolRecord> {
  return read(toolRecord, text);
}

function read<Type extends z.ZodMiniType>(type: Type, text: string): Read<z.infer<Type>> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { value: null, problem: 'it is not JSON' };
  }
  const { success, data, error } = z.safeParse(type, json);
  if (success) return { value: data, problem: null };
  const [issue] = error.issues;
  return { value: null, problem: `${issue?.path.join('.')}: ${issue?.message}` };
}

/** What starts a tool whose files lie in `directory`. */
export function startOf({ program, loader }: ToolTree, directory: string): string[] {
  const file = `${directory}/${program}`;
  if (loader === null) return [file];
  const own = loader.startsWith('/') ? loader : `${directory}/${loader}`;
  return [own, '--library-path', `${directory}/lib`, file];
}

/** The name of an archive's entry in a tool cache: two that differ in a byte are never one. */
export function entryOf({ tool, version, arch, sha256: hash }: Archive): string {
  return `glovebox-${tool}/${version}-g${hash.slice(0, 12)}/${arch}`;
}
