// Names skipped tests, which fail a CI run, and leaves this run's counts for scripts/test.mjs.
import { appendFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const passed = tests.filter((test) => test.result().state === 'passed').length;
    const skipped = tests.filter((test) => test.result().state === 'skipped');
    // A test that never finished has failed, and so has a file that could not be loaded.
    const unloadable = modules.filter((module) => module.errors().length > 0).length;
    const failed = tests.length - passed - skipped.length + unloadable + unhandledErrors.length;

    for (const test of skipped) {
      console.log(`Skipped: ${test.module.relativeModuleId} > ${test.fullName}`);
    }
    if (skipped.length > 0 && process.env['CI'] === 'true') {
      console.error('A skipped test proves nothing: under CI every test must run.');
      process.exitCode = 1;
    }

    const file = process.env['GLOVEBOX_TALLY'];
    if (file !== undefined) {
      appendFileSync(file, `${JSON.stringify({ passed, failed, skipped: skipped.length })}\n`);
    }
  }
}
