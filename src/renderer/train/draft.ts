import { z } from 'zod';
import { defaultConfig } from '../../shared/method-catalogue.ts';
import { methodNameSchema, type RunConfig } from '../../shared/run-config.ts';
import { DEPTHS, type Depth } from './depths.ts';
import {
  type EvaluationDraft,
  evaluationDraftSchema,
  FRESH_EVALUATION,
} from './evaluation-draft.ts';

const draftSchema = z.object({
  depth: z.enum(DEPTHS),
  config: z.looseObject({ method: methodNameSchema }),
  evaluation: evaluationDraftSchema,
});

/** What the form holds; it outlives a reload and a start that failed. */
export type Draft = {
  depth: Depth;
  config: RunConfig;
  /** What follows the training. */
  evaluation: EvaluationDraft;
};

/** CBA-FAPT as published, with PGD-100 on a balanced hundred to follow. */
export function freshDraft(dataset = '', model = ''): Draft {
  return {
    depth: 'basic',
    config: defaultConfig({ method: 'cba-fapt', dataset, model, shots: 16, seed: 1 }),
    evaluation: { ...FRESH_EVALUATION },
  };
}

/**
 * The draft that was kept, settings of its method that have come since filled in; a fresh one
 * where nothing readable was kept. Values that the schema refuses stay: they are being edited.
 */
export function parseDraft(text: string | null): Draft {
  const fresh = freshDraft();
  if (text === null) return fresh;
  const parsed = draftSchema.safeParse(jsonOrNull(text));
  if (!parsed.success) return fresh;
  const { method } = parsed.data.config;
  const preset = defaultConfig({ method, dataset: '', model: '', shots: 16, seed: 1 });
  return { ...parsed.data, config: merge(preset, parsed.data.config) as RunConfig };
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // An unreadable draft is no draft.
    return null;
  }
}

type Tree = Record<string, unknown>;

/** Values of `kept` where the preset has such a setting; what the preset lacks is dropped. */
function merge(preset: Tree, kept: Tree): Tree {
  return Object.fromEntries(
    Object.entries(preset).map(([key, value]) => {
      const own = kept[key];
      if (own === undefined) return [key, value];
      return isTree(value) && isTree(own) ? [key, merge(value, own)] : [key, own];
    }),
  );
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
