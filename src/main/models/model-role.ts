import { basename } from 'node:path';
import type { Warning } from '../../shared/results.ts';
import { say } from '../../shared/sentence.ts';
import type { ModelRow } from '../store/models.ts';

/** What a model is made of, in a few words; null for the files at its path and nothing else. */
export function describeOrigin({ report }: Pick<ModelRow, 'report'>): string | null {
  const { origin } = report;
  if (!origin) return null;
  const at = origin.revision ? ` at ${origin.revision.slice(0, 12)}` : '';
  const source = `${origin.source}${at} (sha256 ${origin.sha256.slice(0, 12)})`;
  if (!origin.base) return `from ${source}`;
  return `image tower from ${source}, the rest from ${origin.base.name} (sha256 ${origin.base.sha256.slice(0, 12)})`;
}

/** What has to stand beside every number that a model gives: whose image tower it is. */
export function modelWarnings({ name, report }: Pick<ModelRow, 'name' | 'report'>): Warning[] {
  const { origin } = report;
  if (origin?.role !== 'image-tower' || !origin.base) return [];
  const tower = `${basename(origin.source)}, sha256 ${origin.sha256.slice(0, 12)}`;
  return [
    {
      code: 'image-tower',
      message: say('warning.image-tower', { model: name, tower, base: origin.base.name }),
    },
  ];
}
