import { basename } from 'node:path';
import type { ModelRef, ModelReport } from '../../shared/engine-contract.ts';
import { selfTest } from './model-self-test.ts';
import { closeModel, openModel } from './open-model.ts';
import { openTensorSource } from './tensor-source.ts';
import { loadTokenizer } from './tokenizer.ts';
import { weightTensors } from './weights.ts';

/** Opens a model for real, tries it, and says what it is. @throws FaptError where it cannot be used */
export async function inspectModel(ref: ModelRef): Promise<ModelReport> {
  const model = await openModel(ref);
  try {
    const { weights, tokenizer, layout, dtypes, notes } = model;
    return {
      ...weights.shape,
      layout,
      logitScale: weights.logitScale,
      parameterCount: weightTensors(weights).reduce((sum, t) => sum + t.size, 0),
      dtypes,
      tokenizer: tokenizer.source,
      notes,
      selfTest: selfTest(model, basename(ref.path)),
    };
  } finally {
    closeModel(model);
  }
}

/** Ids of a text with start and end, and the vocabulary piece of each; loads no weights. */
export async function tokenizeText(
  { path }: ModelRef,
  text: string,
): Promise<{ ids: number[]; tokens: string[] }> {
  const tokenizer = await loadTokenizer(path, await vocabularySize(path));
  const ids = tokenizer.encode(text);
  return { ids, tokens: tokenizer.pieces(ids) };
}

async function vocabularySize(path: string): Promise<number> {
  if (path.startsWith('random:')) {
    const model = await openModel({ path });
    closeModel(model);
    return model.weights.shape.vocabularySize;
  }
  const source = await openTensorSource(path);
  const size = source.shape('token_embedding.weight')?.[0];
  await source.close();
  return size ?? 0;
}
