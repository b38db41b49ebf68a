import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { say } from '../../../shared/sentence.ts';
import type { DatasetProblem } from '../../store/datasets.ts';
import { problem } from '../problems.ts';
import { emptyLists, type Split } from '../split.ts';
import { readLines } from './read-bytes.ts';
import {
  describePassedOver,
  nothingFound,
  passOverFiles,
  visibleEntries,
  walkPictures,
} from './walk-pictures.ts';

/** What must be there, below the dataset's folder. */
export const IMAGENET_FILES = ['classnames.txt', 'images/train', 'images/val'];

/**
 * ImageNet as CoOp lays it out: `images/train/WNID/*.JPEG`, `images/val/WNID/*.JPEG`, and
 * `classnames.txt` with a line "WNID name" a class. A label is the rank of its folder's name; the test
 * list is the validation folder, and `val` stays empty.
 */
export async function readImageNet(
  folder: string,
  root: string,
  signal?: AbortSignal,
): Promise<{ split: Split; skipped: string[] }> {
  const names = new Map(
    readLines(join(folder, 'classnames.txt')).map((line) => {
      const [wnid = ''] = line.split(/\s/);
      return [wnid, line.slice(wnid.length).trim()];
    }),
  );
  const found = nothingFound();
  const { folders } = await visibleEntries(root, 'train', found);
  const labels = new Map(folders.map((wnid, label) => [wnid, label]));
  const split: Split = {
    classNames: folders.map((wnid) => names.get(wnid) ?? wnid),
    lists: emptyLists(),
    problems: folders
      .filter((wnid) => !names.has(wnid))
      .map((wnid) =>
        problem(
          'class-unknown',
          `images/train/${wnid}`,
          say('problem.class-unknown.folder', { folder: wnid }),
        ),
      ),
  };
  for (const [list, part] of [
    ['train', 'train'],
    ['test', 'val'],
  ] as const) {
    const { folders: parts, files } = await visibleEntries(root, part, found);
    passOverFiles(root, part, files, found);
    if (parts.length === 0) split.problems.push(noClassFolders(part));
    for (const wnid of parts) {
      const label = labels.get(wnid);
      if (label === undefined) {
        const message = say('problem.class-unknown.untrained', { folder: wnid, part });
        split.problems.push(problem('class-unknown', `images/${part}/${wnid}`, message));
        continue;
      }
      const inside = { pictures: [] as string[], passedOver: found.passedOver };
      await walkPictures(root, `${part}/${wnid}`, inside, signal);
      for (const path of inside.pictures) split.lists[list].push({ path, label });
    }
  }
  const passed = describePassedOver(found);
  return {
    split: { ...split, problems: [...split.problems, ...passed.problems] },
    skipped: passed.skipped,
  };
}

/** As the validation archive unpacks; which class a picture has is in no file of the dataset. */
function noClassFolders(part: string): DatasetProblem {
  const message = say('problem.class-unknown.no-folders', { part });
  return problem('class-unknown', `images/${part}`, message);
}

/** Whether a folder is laid out so. */
export function isImageNet(folder: string): boolean {
  return IMAGENET_FILES.every((file) => existsSync(join(folder, file)));
}
