import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DemoReport } from '../../src/shared/api-demo.ts';
import { runCli } from '../main/hosts/run-cli.ts';

/** The main job as a person meets it: bundled weights, bundled images, the paper's settings. */
describe('the full demo', () => {
  let folder: string;
  let report: DemoReport;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fapt-full-demo-'));
    const result = await runCli(join(folder, 'workspace'), [
      'demo',
      '--json',
      '--out',
      join(folder, 'report'),
    ]);
    expect(result).toMatchObject({ code: 0 });
    report = result.json() as unknown as DemoReport;
  });
  afterAll(() => rm(folder, { recursive: true }));

  const of = (name: string) => {
    const found = report.methods.find(({ method }) => method === name);
    if (!found) throw new Error(`the demo has ${name}`);
    return { natural: found.natural.mean, robust: found.robust.mean };
  };

  it('measures three methods on all test images and on a balanced hundred', () => {
    expect(report.methods.map(({ method }) => method)).toEqual(['zero-shot', 'fap', 'cba-fapt']);
    expect([report.naturalN, report.n]).toEqual([300, 100]);
    expect(report.attack).toMatchObject({ name: 'pgd', steps: 100, subset: 100, restarts: 1 });
  });

  it('is about a model that knows its classes and falls under attack', () => {
    const { natural, robust } = of('zero-shot');
    expect(natural).toBeGreaterThan(0.4);
    expect(natural).toBeLessThan(0.8);
    expect(robust).toBeLessThan(natural - 0.2);
  });

  it('makes tuned prompts sturdier than hand-written ones', () => {
    const before = of('zero-shot').robust;
    expect(Math.max(of('fap').robust, of('cba-fapt').robust)).toBeGreaterThan(before);
  });

  it('compares in pairs, over clusters too, and says what it found', () => {
    expect(report.comparisons).toHaveLength(3);
    for (const { robust, verdict } of report.comparisons) {
      expect(robust?.bootstrap?.clusters).toBeGreaterThan(15);
      expect(verdict).toMatch(/points/);
    }
  });

  it('writes one self-contained file', async () => {
    const path = join(folder, 'report', 'report.html');
    expect((await stat(path)).size).toBeGreaterThan(100_000);
    const html = await readFile(path, 'utf8');
    expect(html).not.toMatch(/(?:src|href)="https?:/);
    expect(html.match(/data:image\/png/g)?.length).toBeGreaterThanOrEqual(24);
  });
});
