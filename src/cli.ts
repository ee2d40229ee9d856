import { closeInherited } from './run/inherited.ts';

closeInherited();
const { main } = await import('./cli/main.ts');
process.exitCode = await main(process.argv.slice(2));
