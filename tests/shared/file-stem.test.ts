import { expect, it } from 'vitest';
import { fileStem } from '../../src/shared/file-stem.ts';

it.each([
  ['curves of a/b', 'curves-of-a-b'],
  ['../../etc/passwd', 'etc-passwd'],
  ['熊 1', '熊-1'],
  ['..', 'export'],
  ['', 'export'],
])('%j becomes %j', (name, stem) => expect(fileStem(name)).toBe(stem));
