import { describe, expect, it } from 'vitest';
import { attackSanity, type SanityEvidence } from '../../../src/main/statistics/attack-sanity.ts';
import { type EvaluationAttack, evaluationAttackSchema } from '../../../src/shared/attack.ts';
import type { Outcome } from '../../../src/shared/results.ts';

const attack = evaluationAttackSchema.parse({ name: 'pgd', epsilon: 4 / 255, steps: 20 });

/** One letter an image: r right at the last step, w wrong at it, x right at it but fooled before. */
function outcomes(letters: string): Outcome[] {
  return [...letters].map((letter, i) => ({
    id: `image-${i}`,
    label: 0,
    clean: 0,
    adversarial: letter === 'w' ? 1 : 0,
    margin: 0,
    fellAt: letter === 'r' ? null : 3,
    perturbation: null,
  }));
}

const sound: SanityEvidence = {
  attack,
  outcomes: outcomes('rrwwwwwwww'),
  observed: {
    images: 10,
    maxDistance: 4 / 255,
    minPixel: 0,
    maxPixel: 1,
    zeroGradientImages: 0,
    noiseRight: 9,
  },
  probe: {
    sweep: [
      { epsilon: 8 / 255, right: 1, n: 2 },
      { epsilon: 16 / 255, right: 0, n: 2 },
    ],
    blackBox: { queries: 100, right: [true, true, true, false] },
  },
  sample: ['image-0', 'image-1', 'image-2', 'image-3'],
  other: null,
};

const statusOf = (evidence: SanityEvidence, name: string) =>
  attackSanity(evidence).checks.find((check) => check.name === name);

const withSteps = (steps: number): EvaluationAttack => ({ ...attack, steps });

describe('the badge of an attack', () => {
  it('is sound where everything that was looked at holds, and says what was not', () => {
    const { badge, checks } = attackSanity(sound);
    expect(badge).toBe('sound');
    expect(checks.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'ball passed',
      'any-step unchecked',
      'last-step unchecked',
      'noise passed',
      'sweep passed',
      'gradients passed',
      'black-box passed',
    ]);
    expect(checks.every(({ reason }) => reason.endsWith('.'))).toBe(true);
  });

  it('is unchecked where nothing was looked at', () => {
    const { badge, checks } = attackSanity({ ...sound, observed: null, probe: null });
    expect(badge).toBe('unchecked');
    expect(checks.every(({ status }) => status === 'unchecked')).toBe(true);
  });

  it.each([
    ['ball', { maxDistance: 4.01 / 255 }],
    ['ball', { maxPixel: 1.001 }],
    ['ball', { minPixel: -0.001 }],
    ['noise', { noiseRight: 1 }],
    ['gradients', { zeroGradientImages: 1 }],
  ])('is doubtful for %s: %j', (name, change) => {
    const evidence = { ...sound, observed: { ...sound.observed, ...change } } as SanityEvidence;
    expect(attackSanity(evidence).badge).toBe('doubtful');
    expect(statusOf(evidence, name)?.status).toBe('failed');
  });

  it('float32 may pass a bound by its rounding', () => {
    const observed = { ...sound.observed, maxDistance: 4 / 255 + 1e-7, maxPixel: 1 + 1e-7 };
    expect(statusOf({ ...sound, observed } as SanityEvidence, 'ball')?.status).toBe('passed');
  });

  it('a ball that grows must take every image that was left', () => {
    const probe = { ...sound.probe, sweep: [{ epsilon: 128 / 255, right: 1, n: 2 }] };
    const check = statusOf({ ...sound, probe } as SanityEvidence, 'sweep');
    expect(check).toMatchObject({ status: 'failed' });
    expect(check?.reason).toContain('1 of 2 images are right even at eps 128/255');
    const nothingLeft = { ...sound, probe: { sweep: [], blackBox: null } };
    expect(statusOf(nothingLeft, 'sweep')?.status).toBe('passed');
    expect(statusOf(nothingLeft, 'black-box')?.status).toBe('unchecked');
  });

  it('sizes of an l2 ball are lengths, not steps of a pixel', () => {
    const ball = { ...attack, norm: 'l2' as const, epsilon: 0.5 };
    const probe = { sweep: [{ epsilon: 1, right: 0, n: 2 }], blackBox: null };
    expect(statusOf({ ...sound, attack: ball, probe }, 'sweep')?.reason).toMatch(
      /by eps 1\.000\.$/,
    );
  });

  it('a black box must not leave fewer images right', () => {
    // The attack leaves images 0 and 1 of the sample right; Square here only image 3.
    const blackBox = { queries: 100, right: [false, false, false, true] };
    const evidence = { ...sound, probe: { sweep: [], blackBox } };
    expect(statusOf(evidence, 'black-box')).toMatchObject({
      name: 'black-box',
      status: 'failed',
      reason:
        'Square with 100 queries leaves 1 of 4 images right, the attack 2; 2 fell to Square alone.',
    });
  });

  it('any-step accuracy must not rise with the steps', () => {
    // Never fooled: 2 images in 20 steps. In 100 steps 3 of them: impossible from one start.
    const other = { attack: withSteps(100), outcomes: outcomes('rrrwwwwwww') };
    expect(statusOf({ ...sound, other }, 'any-step')?.status).toBe('failed');
    const falling = { attack: withSteps(100), outcomes: outcomes('rxwwwwwwww') };
    expect(statusOf({ ...sound, other: falling }, 'any-step')?.status).toBe('passed');
    const shorter = { attack: withSteps(5), outcomes: outcomes('rxwwwwwwww') };
    expect(statusOf({ ...sound, other: shorter }, 'any-step')?.status).toBe('failed');
  });

  it('a rise at the last step counts only where its interval leaves out 0', () => {
    // One of ten images more: +10 points with an interval around 0.
    const little = { attack: withSteps(100), outcomes: outcomes('rrxwwwwwww') };
    expect(statusOf({ ...sound, other: little }, 'last-step')?.status).toBe('passed');
    // All ten: from 2 to 10 right.
    const much = { attack: withSteps(100), outcomes: outcomes('rrxxxxxxxx') };
    const check = statusOf({ ...sound, other: much }, 'last-step');
    expect(check?.status).toBe('failed');
    expect(check?.reason).toContain('+80.0 points');
  });
});
