import type { PromptPreview } from '../../shared/engine-rpc.ts';
import type { RunConfig } from '../../shared/run-config.ts';
import type { DatasetRow } from '../store/datasets.ts';
import type { ModelRow } from '../store/models.ts';
import type { App } from './app.ts';

/**
 * What the text tower would get for each class of a dataset, and, where some texts do not fit, the
 * sentence that a run would be refused with.
 */
export async function previewDatasetPrompts(
  app: Pick<App, 'engine'>,
  dataset: Pick<DatasetRow, 'name' | 'classNames' | 'template'>,
  model: ModelRow,
  { method, prompts }: Pick<RunConfig, 'method' | 'prompts'>,
): Promise<{ preview: PromptPreview; refusal: string | null }> {
  const { vocabularySize, contextLength } = model.report;
  const preview = await app.engine().previewPrompts({
    model: { path: model.path },
    vocabularySize,
    contextLength,
    task: { classNames: dataset.classNames, template: dataset.template },
    method,
    prompts,
  });
  const long = preview.classes.filter(({ tooLong }) => tooLong);
  const [first] = long;
  if (first === undefined) return { preview, refusal: null };
  const learned = preview.learned > 0 ? `, ${preview.learned} of them learned,` : '';
  const refusal = `${long.length} of ${preview.classes.length} classes of ${dataset.name} have texts that are too long, first "${first.name}" with ${first.ids.length} tokens${learned} where ${contextLength} fit: shorten the name, the template or the context.`;
  return { preview, refusal };
}
