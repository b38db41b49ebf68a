import type { DatasetDetail } from '../../shared/api/datasets.ts';

/** What a person changed of a dataset's names and template, and did not save yet. */
export type ClassDraft = { template: string; classNames: string[] };

type ClassEdit = { template?: string; classNames: { label: number; name: string }[] };

type Words = Pick<DatasetDetail, 'template' | 'classNames'>;

/** The changes of a draft; null where there is none. */
export function editOf(dataset: Words, draft: ClassDraft): ClassEdit | null {
  const classNames = draft.classNames.flatMap((name, label) =>
    name.trim() === dataset.classNames[label] ? [] : [{ label, name: name.trim() }],
  );
  const template = draft.template === dataset.template ? {} : { template: draft.template };
  if (classNames.length === 0 && draft.template === dataset.template) return null;
  return { ...template, classNames };
}

/** A draft after its dataset changed under it: what was not edited follows the dataset. */
export function rebase(draft: ClassDraft, before: Words, now: Words): ClassDraft {
  if (now.classNames.length !== draft.classNames.length) {
    return { template: now.template, classNames: [...now.classNames] };
  }
  return {
    template: draft.template === before.template ? now.template : draft.template,
    classNames: draft.classNames.map((name, label) =>
      name === before.classNames[label] ? (now.classNames[label] ?? name) : name,
    ),
  };
}

/** Why a draft cannot be saved, as a key of the messages; null where it can. */
export function faultOf({ template, classNames }: ClassDraft): 'template' | 'name' | null {
  if (template.split('{}').length !== 2) return 'template';
  return classNames.some((name) => name.trim() === '') ? 'name' : null;
}

/** Pieces of a text that stand together: learned words, or words that are read as they are. */
type TextPart = { learned: boolean; text: string };

/** A text token by token, with the learned words (`[1]`, `[2]`, ...) told from the others. */
export function textParts(tokens: readonly string[]): TextPart[] {
  const parts: { learned: boolean; words: string[] }[] = [];
  for (const token of tokens) {
    const learned = /^\[\d+\]$/.test(token);
    const last = parts.at(-1);
    if (last?.learned === learned) last.words.push(token);
    else parts.push({ learned, words: [token] });
  }
  return parts.map(({ learned, words }) => ({ learned, text: words.join(' ') }));
}
