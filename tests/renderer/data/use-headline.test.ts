import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { messagesOf } from '../locales/message-files.ts';

/** Failures of setting up and of commands that no window can meet. */
const ELSEWHERE = [
  'blob-hash',
  'bundles-failed',
  'bundles-missing',
  'check-failed',
  'compile-failed',
  'compiler-missing',
  'declined',
  'fetch-failed',
  'folder-name',
  'folder-used',
  'golden-incomplete',
  'golden-unreadable',
  'install-failed',
  'package-missing',
  'pip-missing',
  'port-refused',
  'port-taken',
  'set-up-failed',
  'unpack-failed',
];

const codes = new Set(
  globSync('src/{main,engine,renderer,shared}/**/*.ts').flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/new FaptError\(\s*'([a-z-]+)'/g)].map(
      ([, code]) => code as string,
    ),
  ),
);

describe('the headline of a failure', () => {
  it('exists in every language for every failure that a window can meet', () => {
    const chinese = messagesOf('zh-CN');
    const bare = [...codes].filter(
      (code) => !ELSEWHERE.includes(code) && !chinese.has(`failures.${code}`),
    );
    expect(codes.size).toBeGreaterThan(100);
    expect(bare).toEqual([]);
  });

  it('belongs to a failure that exists', () => {
    const named = [...messagesOf('en').keys()]
      .filter((key) => key.startsWith('failures.'))
      .map((key) => key.slice('failures.'.length));
    const sources = globSync('src/**/*.ts').map((file) => readFileSync(file, 'utf8'));
    const dead = named.filter((code) => !sources.some((source) => source.includes(`'${code}'`)));
    expect(dead).toEqual([]);
  });
});
