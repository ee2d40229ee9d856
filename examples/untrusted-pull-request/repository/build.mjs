import { mkdirSync, writeFileSync } from 'node:fs';
import { widget } from './widget.mjs';

mkdirSync('dist', { recursive: true });
writeFileSync('dist/index.html', `<p>${widget('you')}</p>\n`);
