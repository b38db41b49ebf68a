import { describe, expect, it, vi } from 'vitest';
import { main } from '../../../src/main/hosts/cli/main.ts';
import { methodSheetsSchema } from '../../../src/shared/method-sheet.ts';
import { METHOD_NAMES } from '../../../src/shared/run-config.ts';

/** Runs `fapt methods ...` in this process: it needs no workspace and no engine. */
async function methods(...args: string[]) {
  const text = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((chunk) => {
      text[stream] += chunk;
      return true;
    }),
  );
  try {
    return { code: await main(['methods', ...args]), ...text };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

describe('fapt methods', () => {
  it('lists every method', async () => {
    const { code, stdout } = await methods();
    expect(code).toBe(0);
    const names = stdout.split('\n').map((line) => line.split(' ')[0]);
    expect(names).toEqual(expect.arrayContaining([...METHOD_NAMES]));
    expect(stdout).toMatch(/fap .* PGD-2 on KL\(clean, adversarial\), eps 1\/255/);
  });

  it('shows one with the source of each value', async () => {
    const { stdout } = await methods('cba-fapt');
    expect(stdout).toMatch(/^loss\.alpha +5 +5 +not stated /m);
    expect(stdout).toMatch(/^attack\.loss +ce +not stated +kl /m);
    expect(stdout).toMatch(/^dataset +given with the run /m);
    expect(stdout).toContain('@inproceedings{feng2026cbafapt,');
    expect(stdout).not.toContain('loss.lambda');
  });

  it('prints JSON', async () => {
    const all = methodSheetsSchema.parse(JSON.parse((await methods('--json')).stdout));
    expect(all.methods.map(({ name }) => name)).toEqual([...METHOD_NAMES]);
    const { methods: one } = JSON.parse((await methods('AdvVP', '--json')).stdout);
    expect(one).toHaveLength(1);
    expect(one[0].evaluation).toContainEqual(
      expect.objectContaining({ path: 'frame', code: 'attack-only', default: 'always' }),
    );
  });

  it('names what is near an unknown method', async () => {
    const { code, stderr } = await methods('cbafapt');
    expect(code).toBe(2);
    expect(stderr).toMatch(/no method "cbafapt"; near it are cba-fapt/);
  });
});
