import { describe, expect, it } from 'vitest';
import { freshDraft, parseDraft } from '../../../src/renderer/train/draft.ts';
import { toEvaluations } from '../../../src/renderer/train/evaluation-draft.ts';
import { fromPixelSteps, toPixelSteps } from '../../../src/renderer/train/pixel-steps.ts';
import { withSetting } from '../../../src/renderer/train/run-form.ts';

describe('the draft of a run', () => {
  it('comes back as it was kept, half-typed values too', () => {
    const draft = freshDraft('demo-mammals', 'demo-clip');
    const edited = { ...draft, config: withSetting(draft.config, 'shots', null) };
    expect(parseDraft(JSON.stringify(edited))).toEqual(edited);
  });

  it('what cannot be read is a fresh one', () => {
    for (const text of [null, '', '{', '[]', '{"config":{"method":"none"}}']) {
      expect(parseDraft(text)).toEqual(freshDraft());
    }
  });

  it('settings that have come since are filled in, those that went are dropped', () => {
    const draft = freshDraft('d', 'm');
    const { attack, ...older } = draft.config;
    const kept = { ...draft, config: { ...older, gone: 1 } };
    expect(parseDraft(JSON.stringify(kept)).config).toEqual({ ...older, attack });
  });
});

describe('the evaluations of a draft', () => {
  const { config, evaluation } = freshDraft('d', 'm');

  it('are every image without attack, and PGD-100 at the size of the training', () => {
    const [natural, attacked] = toEvaluations(evaluation, config);
    expect(natural).toMatchObject({ name: 'none' });
    expect(attacked).toMatchObject({
      name: 'pgd',
      steps: 100,
      epsilon: config.attack.epsilon,
      stepSize: config.attack.epsilon,
      subset: 100,
    });
  });

  it('an emptied number of steps is refused', () => {
    expect(() => toEvaluations({ ...evaluation, steps: null }, config)).toThrow();
  });

  it('sizes of 1/255 survive the way through the field', () => {
    for (const steps of [0.5, 1, 2, 4, 8, 16]) {
      expect(toPixelSteps(fromPixelSteps(steps))).toBe(steps);
    }
  });
});
