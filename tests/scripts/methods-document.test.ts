import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { methodsDocument } from '../../scripts/methods-document.ts';

it('docs/methods.md is current: else run node scripts/write-methods-document.ts', () => {
  const written = readFileSync(new URL('../../docs/methods.md', import.meta.url), 'utf8');
  expect(written).toBe(methodsDocument());
});
