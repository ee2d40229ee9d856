import { markdownSummary } from '../report/summary.ts';
import { type KeptLayers, openKeptLayers } from '../run/kept-layers.ts';
import { listenForInterrupts } from '../run/interrupts.ts';
import { ownIo } from '../run/step-io.ts';
import { session, type SessionResult } from '../session.ts';
import type { Arguments } from './arguments.ts';
import { currentEnvironment } from '../tools/environment.ts';
import { logSections } from '../console/logs.ts';
import { openOutlet } from '../console/outlets.ts';
import { type Style, styleFor } from '../console/style.ts';
import { unusedLines, verdict } from '../console/verdict.ts';

type RunCommand = Extract<Arguments, { command: 'run' }>;

const LAST_READ_MS = 500;

const NOT_FOUND = 127;

/** What somebody may have meant for a shell. */
function isLine(step: readonly string[]): boolean {
  return step.length === 1 && /\s/.test(step[0] ?? '');
}

/** Runs the command sealed, writes what was asked for, and ends with a verdict. */
export async function runCommand(parsed: RunCommand): Promise<number> {
  const { policyFiles, flags, directory, step, quiet, diff } = parsed;
  const layers = layersOf(parsed);
  const reportTo = parsed.report === null ? null : openOutlet(parsed.report, 'fresh', directory);
  const summaryTo =
    parsed.summary === null ? null : openOutlet(parsed.summary, 'append', directory);
  const interrupts = listenForInterrupts();
  const environment = currentEnvironment();
  const result = await session(
    {
      ...{ policyFiles, flags, command: step, directory, environment, diff },
      ...(layers === null ? {} : { stack: layers.stack }),
    },
    ownIo(),
    interrupts,
  ).catch((error: unknown) => {
    reportTo?.abandon();
    summaryTo?.abandon();
    throw error;
  });
  interrupts.stop();
  const { report, seen } = result;
  const style = styleFor(process.stderr);
  process.stderr.write(logSections(seen?.logs ?? null, style));
  if (diff) process.stderr.write(`${style.fresh}${await diffText(seen, style)}`);
  if (!quiet) process.stderr.write(`${style.fresh}${verdict(report, style)}`);
  if (!quiet && report.outcome.exitCode === NOT_FOUND && isLine(step))
    process.stderr.write(
      `  ${style.dim('→')} that was one word; for a shell: glovebox run -- bash -c 'COMMANDS'\n`,
    );
  if (parsed.locked) process.stderr.write(unusedLines(report, style));
  reportTo?.write(`${JSON.stringify(report, null, 2)}\n`);
  summaryTo?.write(markdownSummary(report));
  if (layers !== null) await settleLayer(layers, result, parsed, style);
  // What a reader has not taken by then is lost: it may never read again.
  setTimeout(() => process.exit(), LAST_READ_MS).unref();
  return report.outcome.exitCode;
}

function layersOf({ layers, keepLayer }: RunCommand): KeptLayers | null {
  return layers.length === 0 && keepLayer === null ? null : openKeptLayers(layers, keepLayer);
}

/** A command that failed leaves no layer, unless its changes are asked for all the same. */
async function settleLayer(
  layers: KeptLayers,
  { report: { outcome }, layer }: SessionResult,
  { keepLayer, keepChanges, quiet }: RunCommand,
  style: Style,
): Promise<void> {
  const ranOn = keepChanges && outcome.stepExitCode !== null;
  if (layer !== null && (outcome.exitCode === 0 || ranOn)) return await layers.keep(layer);
  await layers.discard();
  if (keepLayer !== null && !quiet)
    process.stderr.write(`  ${style.dim('note')} no layer was kept, because the run failed\n`);
}

async function diffText(seen: SessionResult['seen'], style: Style): Promise<string> {
  const { texts = null, changes = null } = seen ?? {};
  if (texts === null || changes === null)
    return `${style.dim('no diff:')} there was no throwaway layer to see changes in\n`;
  const { unifiedDiff } = await import('../console/unified-diff.ts');
  return unifiedDiff(texts, changes.files.length - texts.length + changes.notListed, style);
}
