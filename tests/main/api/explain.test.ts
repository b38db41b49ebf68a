import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { App } from '../../../src/main/api/app.ts';
import { explain } from '../../../src/main/api/explain.ts';
import { explainedPicture } from '../../../src/main/api/explain-picture.ts';
import { listEvaluations } from '../../../src/main/store/evaluations.ts';
import { findOutcome, listOutcomes } from '../../../src/main/store/outcomes.ts';
import type { RunRow } from '../../../src/main/store/runs.ts';
import { blobPath } from '../../../src/main/workspace/blobs.ts';
import { explainInputSchema, explanationSchema } from '../../../src/shared/api/attribution.ts';
import { evaluationAttackSchema } from '../../../src/shared/attack.ts';
import {
  ATTACK,
  type AttackedWorkspace,
  EXAMPLE,
  openAttackedWorkspace,
  withoutCalls,
} from '../fixtures/attacked-workspace.ts';

let workspace: AttackedWorkspace;
let app: App;
/** Zero-shot and tuned, both evaluated under the attack. */
let a: RunRow;
let b: RunRow;

beforeAll(async () => {
  workspace = await openAttackedWorkspace('zero-shot', 'cba-fapt');
  app = workspace.app;
  [a, b] = workspace.runs as [RunRow, RunRow];
});
afterAll(() => workspace.dispose());

type Input = Partial<z.input<typeof explainInputSchema>>;
const ask = async (more: Input = {}, open = app) =>
  explanationSchema.parse(
    await explain(
      open,
      explainInputSchema.parse({ run: a.id, image: { from: 'test', example: EXAMPLE }, ...more }),
    ),
  );
const without = (...calls: ('trace' | 'attribute')[]) => withoutCalls(app, ...calls);
const evaluationOf = (run: RunRow) => {
  const [evaluation] = listEvaluations(app.db, run.id).filter(
    ({ attack }) => attack.name === 'pgd',
  );
  return evaluation as NonNullable<typeof evaluation>;
};
async function keptOf(run: RunRow): Promise<Float32Array> {
  const hash = findOutcome(app.db, evaluationOf(run).id, EXAMPLE)?.perturbation as string;
  return new Float32Array(new Uint8Array(await readFile(blobPath(app.workspace, hash))).buffer);
}
const changeOf = ({ pixels }: Awaited<ReturnType<typeof ask>>) =>
  pixels.clean.map((value, i) => (pixels.adversarial[i] as number) - value);

describe('one image explained', () => {
  it("takes the evaluation's kept image, and tells the protocol and what the model sees", async () => {
    const found = await ask({}, without('trace'));
    expect(found).toMatchObject({
      ...{ run: a.id, method: 'zero-shot' },
      image: { name: EXAMPLE, label: 1, labelFrom: 'split', position: { width: 32, height: 32 } },
      target: { label: 1, name: 'green_dog' },
      adversary: {
        ...{ run: a.id, source: 'kept', step: null, steps: [0, 1, 2, 3, 4], rebuiltDiffers: null },
        ...{ protocol: expect.stringContaining('PGD-4 (ce), eps 8/255') },
        evaluation: evaluationOf(a).id,
      },
    });
    const kept = await keptOf(a);
    for (const [i, change] of changeOf(found).entries()) {
      expect(Math.abs(change - (kept[i] as number))).toBeLessThan(1e-6);
    }
    const outcome = findOutcome(app.db, evaluationOf(a).id, EXAMPLE);
    expect(found.predicted).toEqual({ clean: outcome?.clean, adversarial: outcome?.adversarial });
    expect(found.margins.adversarial[1]).toBeCloseTo(outcome?.margin as number, 3);
    expect(found.words.map(({ text }) => text)).toEqual([
      'a',
      'photo',
      'of',
      'a',
      'green',
      'dog',
      '.',
    ]);
  });

  it('answers the second time without the engine', async () => {
    const first = await ask();
    const again = await ask({}, without('trace', 'attribute'));
    expect(again.timing.cached).toBe(true);
    expect({ ...again, timing: null }).toEqual({ ...first, timing: null });
    await expect(
      ask({ target: { by: 'class', name: 'blue fish' } }, without('attribute')),
    ).rejects.toThrow('attribute was asked for');
  });

  it('scrubs the steps of one attack: it runs once, and its last step is the kept image', async () => {
    const stages: string[] = [];
    const told = { ...app, report: ({ stage }: { stage: string }) => void stages.push(stage) };
    const start = await ask({ adversary: { step: 0 } }, told);
    expect(stages).toContain('attack');
    expect(start.adversary).toMatchObject({ step: 0, source: 'rebuilt', steps: [0, 1, 2, 3, 4] });
    const last = await ask({ adversary: { step: 4 } }, without('trace'));
    // Made alone here and in a batch there: the same but for rounding near a sign.
    expect(last.adversary.rebuiltDiffers).toBeLessThan(0.01);
    const kept = await keptOf(a);
    const far = changeOf(last).filter((d, i) => Math.abs(d - (kept[i] as number)) > 1e-6);
    expect(far.length / kept.length).toBeLessThan(0.01);
    expect(last.loss.adversarial).toBeGreaterThan(start.loss.adversarial);
    await expect(ask({ adversary: { step: 5 } })).rejects.toMatchObject({ code: 'step-unknown' });
  });

  it("shows the other run's image, by that run's attack", async () => {
    const other = await ask({ run: b.id, adversary: { run: a.id } }, without('trace'));
    expect(other).toMatchObject({ run: b.id, adversary: { run: a.id, method: 'zero-shot' } });
    expect(other.pixels.adversarial).toEqual((await ask()).pixels.adversarial);
    expect(other.logits.adversarial).not.toEqual((await ask()).logits.adversarial);
    const own = await ask({ run: b.id });
    expect(own.pixels.adversarial).not.toEqual(other.pixels.adversarial);
    expect(own.tokens.some(({ learned }) => learned)).toBe(true);
  });

  it('rebuilds what was dropped, with another attack too', async () => {
    const attack = evaluationAttackSchema.parse({ ...ATTACK, name: 'square', steps: 10 });
    const square = await ask({ adversary: { attack } });
    expect(square.adversary).toMatchObject({ source: 'rebuilt', evaluation: null, steps: [] });
    const unseen = listOutcomes(app.db, evaluationOf(a).id).map(({ id }) => id);
    const image = { from: 'test' as const, example: 'class2/test-5.png' };
    expect(unseen).not.toContain(image.example);
    expect((await ask({ image })).adversary).toMatchObject({ source: 'rebuilt', evaluation: null });
    const transfer = evaluationAttackSchema.parse({ ...ATTACK, source: b.id });
    await expect(ask({ adversary: { attack: transfer } })).rejects.toMatchObject({ code: 'usage' });
  });

  it('explains a class, a prediction of either run and words', async () => {
    const [mine, other] = [await ask(), await ask({ run: b.id, adversary: { run: a.id } })];
    const name = (found: typeof mine, of: 'clean' | 'adversarial') =>
      found.classNames[found.predicted[of]];
    for (const of of ['clean', 'adversarial'] as const) {
      const own = await ask({ target: { by: 'prediction', of } });
      expect(own.target.name).toBe(name(mine, of));
      const theirs = await ask({ target: { by: 'prediction', run: b.id, of } });
      expect(theirs.target.name).toBe(name(other, of));
    }
    const named = await ask({ target: { by: 'class', name: 'Blue Fish' } });
    expect(named.target).toMatchObject({ label: 2, name: 'blue_fish' });
    const words = await ask({ target: { by: 'text', text: 'blue fish' } });
    expect(words.target).toEqual({ label: null, name: 'blue fish', text: named.target.text });
    expect(words.drift.imageL2).toBeCloseTo(named.drift.imageL2, 5);
    await expect(ask({ target: { by: 'class', name: 'blu' } })).rejects.toMatchObject({
      code: 'class-unknown',
    });
  });

  it('measures insertion and deletion on demand', async () => {
    const found = await ask({ curves: true });
    for (const area of [found.drift.insertionClean, found.drift.deletionAdversarial]) {
      expect(area).toBeGreaterThan(0);
      expect(area).toBeLessThan(1);
    }
    expect((await ask()).drift.insertionClean).toBeNull();
  });

  it('takes a dropped picture, without a class or with one, and again by its hash', async () => {
    const file = join(workspace.folder, 'dropped.jpg');
    await sharp({ create: { width: 120, height: 60, channels: 3, background: '#3c3cc8' } })
      .jpeg()
      .toFile(file);
    const dropped = { from: 'file' as const, name: 'sea.jpg', bytes: await readFile(file) };
    const found = await ask({ image: { ...dropped, bytes: new Uint8Array(dropped.bytes) } });
    expect(found.image).toMatchObject({
      ...{ name: 'sea.jpg', labelFrom: 'predicted', label: found.predicted.clean },
      position: { width: 120, height: 60, crop: { left: 30, top: 0, width: 60, height: 60 } },
    });
    const { sha256 } = found.image;
    const kept = { from: 'kept' as const, name: 'sea.jpg', sha256 };
    const again = await ask({ image: kept }, without('trace', 'attribute'));
    expect(again.maps).toEqual(found.maps);
    const given = await ask({ image: kept, label: 'red cat' });
    expect(given.image).toMatchObject({ label: 0, labelFrom: 'given' });
    const picture = await explainedPicture(app, { run: a.id, image: kept, size: 64 });
    expect(picture.position).toEqual(found.image.position);
    expect(await sharp(picture.bytes).metadata()).toMatchObject({ width: 64, height: 32 });
    const gone = { ...kept, sha256: 'f'.repeat(64) };
    await expect(ask({ image: gone })).rejects.toMatchObject({ code: 'image-forgotten' });
    await expect(
      ask({ image: { from: 'file', name: 'x', bytes: new Uint8Array(9) } }),
    ).rejects.toMatchObject({ code: 'image-unreadable' });
  });

  it('takes an image of another split', async () => {
    const image = { from: 'dataset' as const, dataset: 'tiny', split: 'train' as const };
    const found = await ask({ image: { ...image, example: 'class2/train-0.png' } });
    expect(found.image).toMatchObject({ label: 2, labelFrom: 'split' });
    expect(found.adversary.evaluation).toBeNull();
  });
});
