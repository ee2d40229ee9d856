import { writeFileSync } from 'node:fs';
import { widget } from './widget.mjs';

writeFileSync('dist/index.html', `<p>${widget('you')}</p>\n`);
