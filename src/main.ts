import { closeInherited } from './run/inherited.ts';

closeInherited();
const { main } = await import('./action/main.ts');
process.exit(await main());
