/** Writes docs/methods.md from the catalogue: `node scripts/write-methods-document.ts`. */
import { writeFileSync } from 'node:fs';
import { methodsDocument } from './methods-document.ts';

writeFileSync(new URL('../docs/methods.md', import.meta.url), methodsDocument());
