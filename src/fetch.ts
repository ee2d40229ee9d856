import { fetchArchive } from './tools/fetch-archive.ts';

// Started by us alone, with what it is to fetch as its only argument; it tells what failed on stderr.
process.exit(await fetchArchive(process.argv[2] ?? ''));
