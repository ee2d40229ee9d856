import { harmless } from '../base/text.ts';
import { formatSize } from '../policy/units.ts';
import type { LogAccount } from '../run/observations.ts';
import type { Style } from './style.ts';

type Excerpt = LogAccount['files'][number];

/** What a log on a terminal is coloured with. */
const COLOURS = new RegExp(String.raw`\u001b\[[\d;]*m`, 'g');

/** What the step wrote to the files that the policy wants to see, each below its name. */
export function logSections(logs: LogAccount | null, style: Style): string {
  return (logs?.files ?? [])
    .map((one) => `${style.bold(logTitle(one))}\n${harmlessLines(one.bytes)}\n`)
    .join('');
}

export function logTitle({ path, leftOut }: Excerpt): string {
  const before = leftOut === 0 ? '' : `, without the ${formatSize(leftOut)} before this`;
  return harmless(`log ${path}${before}`);
}

function harmlessLines(bytes: Uint8Array): string {
  const text = new TextDecoder()
    .decode(bytes)
    .replace(COLOURS, '')
    .replace(/\r?\n$/, '');
  return text
    .split(/\r?\n/)
    .map((line) => `  ${line.split('\t').map(harmless).join('\t')}`)
    .join('\n');
}
