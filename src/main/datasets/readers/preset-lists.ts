import { join } from 'node:path';
import { say } from '../../../shared/sentence.ts';
import type { DatasetProblem, SplitName } from '../../store/datasets.ts';
import { splitOffVal } from '../make-split.ts';
import { problem } from '../problems.ts';
import { emptyLists, type Split, type SplitEntry } from '../split.ts';
import { sunName, ucfName } from './preset-names.ts';
import { readLines } from './read-bytes.ts';

/** The text files in which a published dataset tells its lists, and how they are read. */
export type PresetLists = {
  /** Needed files, below the dataset's folder. */
  files: string[];
  /** @param seed for the fifth of the training list that becomes `val`, where there is none */
  read(folder: string, seed: number): Split;
};

/** `variants.txt` is the class list; the lists have "id name with spaces". */
const aircraft: PresetLists = {
  files: [
    'variants.txt',
    'images_variant_train.txt',
    'images_variant_val.txt',
    'images_variant_test.txt',
  ],
  read(folder) {
    const classNames = readLines(join(folder, 'variants.txt'));
    const reader = new ListReader(classNames);
    for (const split of ['train', 'val', 'test'] as const) {
      reader.read(folder, `images_variant_${split}.txt`, split, (line) => {
        const [id = '', ...words] = line.split(/\s+/);
        return { path: `${id}.jpg`, className: words.join(' ') };
      });
    }
    return reader.result();
  },
};

/** Lines "Abyssinian_100 1 1 1": picture, class from 1, kind, number. */
const pets: PresetLists = {
  files: ['annotations/trainval.txt', 'annotations/test.txt'],
  read(folder, seed) {
    const lines = ['trainval', 'test'].flatMap((list) =>
      petLines(join(folder, 'annotations', `${list}.txt`)),
    );
    const names = new Map(lines.map(({ number, breed }) => [number, breed]));
    const classNames = [...names.keys()].sort((a, b) => a - b).map((n) => names.get(n) as string);
    const reader = new ListReader(classNames);
    for (const [list, split] of [
      ['trainval', 'train'],
      ['test', 'test'],
    ] as const) {
      reader.read(folder, `annotations/${list}.txt`, split, (line) => petLine(line));
    }
    return withVal(reader.result(), seed);
  },
};

function petLine(line: string) {
  const [id = '', number = ''] = line.split(/\s+/);
  const breed = id.split('_').slice(0, -1).join('_').toLowerCase();
  return { path: `${id}.jpg`, className: breed, number: Number(number), breed };
}

function petLines(file: string) {
  return readLines(file)
    .filter((line) => !line.startsWith('#'))
    .map(petLine);
}

/** `ClassName.txt` is the class list; lines of the lists are "/a/abbey/sun_x.jpg". */
const sun: PresetLists = {
  files: ['ClassName.txt', 'Training_01.txt', 'Testing_01.txt'],
  read(folder, seed) {
    const folders = readLines(join(folder, 'ClassName.txt')).map((line) => line.slice(1));
    const reader = new ListReader(folders);
    for (const [list, split] of [
      ['Training', 'train'],
      ['Testing', 'test'],
    ] as const) {
      reader.read(folder, `${list}_01.txt`, split, (line) => {
        const path = line.slice(1);
        return { path, className: path.slice(0, path.lastIndexOf('/')) };
      });
    }
    const split = reader.result();
    return withVal({ ...split, classNames: folders.map(sunName) }, seed);
  },
};

/** `classInd.txt` is the class list; lines of the lists are "Archery/v_Archery_g08_c01.avi 3". */
const ucf: PresetLists = {
  files: ['classInd.txt', 'trainlist01.txt', 'testlist01.txt'].map(
    (name) => `ucfTrainTestlist/${name}`,
  ),
  read(folder, seed) {
    const actions = readLines(join(folder, 'ucfTrainTestlist/classInd.txt'));
    const classes = actions.map((line) => line.split(/\s+/)[1] ?? line);
    const reader = new ListReader(classes);
    for (const [list, split] of [
      ['train', 'train'],
      ['test', 'test'],
    ] as const) {
      reader.read(folder, `ucfTrainTestlist/${list}list01.txt`, split, (line) => {
        const [action = '', video = ''] = (line.split(/\s+/)[0] ?? '').split('/');
        return { path: `${ucfName(action)}/${video.replace('.avi', '.jpg')}`, className: action };
      });
    }
    const split = reader.result();
    return withVal({ ...split, classNames: classes.map(ucfName) }, seed);
  },
};

export const PRESET_LISTS: Record<string, PresetLists> = {
  FGVCAircraft: aircraft,
  OxfordPets: pets,
  SUN397: sun,
  UCF101: ucf,
};

/** Collects entries of lists whose classes are known beforehand. */
class ListReader {
  readonly #classNames: string[];
  readonly #labels: Map<string, number>;
  readonly #lists = emptyLists();
  readonly #problems: DatasetProblem[] = [];

  constructor(classNames: string[]) {
    this.#classNames = classNames;
    this.#labels = new Map(classNames.map((name, label) => [name, label]));
  }

  read(
    folder: string,
    file: string,
    split: SplitName,
    parse: (line: string) => { path: string; className: string },
  ): void {
    for (const line of readLines(join(folder, file))) {
      if (line.startsWith('#')) continue;
      const { path, className } = parse(line);
      const label = this.#labels.get(className);
      if (label !== undefined) this.#lists[split].push({ path, label });
      else {
        const message = say('problem.class-unknown.line', { line, name: className });
        this.#problems.push(problem('class-unknown', file, message));
      }
    }
  }

  result(): Split {
    return { classNames: this.#classNames, lists: this.#lists, problems: this.#problems };
  }
}

function withVal(split: Split, seed: number): Split {
  const train: readonly SplitEntry[] = split.lists.train;
  return { ...split, lists: { ...split.lists, ...splitOffVal(train, seed) } };
}
