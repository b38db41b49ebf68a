import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addDataset } from '../../../src/main/datasets/add-dataset.ts';
import { PRESETS, presetNamed } from '../../../src/main/datasets/presets.ts';
import { presetChecklist } from '../../../src/main/datasets/readers/preset-checklist.ts';
import { openDatabase } from '../../../src/main/store/database.ts';
import { listImages } from '../../../src/main/store/images.ts';
import { picture, temporaryFolder, writeFile } from './make-dataset.ts';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function pictures(...paths: string[]): Promise<void> {
  for (const path of paths) writeFile(join(folder, path), await picture());
}
const text = (path: string, lines: string[]) =>
  writeFile(join(folder, path), `${lines.join('\n')}\n`);
async function add(format: string, path = folder) {
  const db = openDatabase(':memory:');
  const { dataset, ...report } = await addDataset(db, { path, format });
  const list = (split: 'train' | 'val' | 'test') =>
    listImages(db, dataset?.id ?? '', split).map(({ path: at, label }) => [at, label]);
  return { dataset, list, ...report };
}
const made = (problems: { kind: string }[]) => problems.filter(({ kind }) => kind === 'made-split');

describe('the eleven datasets', () => {
  it('are those of CoOp, with its templates', () => {
    expect(PRESETS.map(({ name, template, classes }) => [name, template, classes])).toEqual([
      ['ImageNet', 'a photo of a {}.', 1000],
      ['Caltech101', 'a photo of a {}.', 100],
      ['OxfordPets', 'a photo of a {}, a type of pet.', 37],
      ['StanfordCars', 'a photo of a {}.', 196],
      ['OxfordFlowers', 'a photo of a {}, a type of flower.', 102],
      ['Food101', 'a photo of {}, a type of food.', 101],
      ['FGVCAircraft', 'a photo of a {}, a type of aircraft.', 100],
      ['SUN397', 'a photo of a {}.', 397],
      ['DescribableTextures', '{} texture.', 47],
      ['EuroSAT', 'a centered satellite photo of {}.', 10],
      ['UCF101', 'a photo of a person doing {}.', 101],
    ]);
  });

  it('answer to the names people use', () => {
    expect(presetNamed('dtd')?.name).toBe('DescribableTextures');
    expect(presetNamed('Flowers102')?.name).toBe('OxfordFlowers');
    expect(presetNamed('mnist')).toBeNull();
  });

  it.each(
    PRESETS.flatMap(({ name, folder: at, images, split, template }) =>
      split === null ? [] : [[name, at, images, split, template] as const],
    ),
  )(
    '%s is read from its split file, from every folder above it',
    async (name, at, images, split, template) => {
      const root = [at, images].filter(Boolean).join('/');
      await pictures(`${root}/x/1.png`, `${root}/y/2.png`);
      text(`${at}/${split}`, [
        JSON.stringify({ train: [['x/1.png', 0, 'x']], val: [], test: [['y/2.png', 1, 'y']] }),
      ]);
      for (const path of [folder, join(folder, at), join(folder, at, split)]) {
        const { dataset, counts, problems } = await add(name, path);
        expect(dataset).toMatchObject({ name, template, preset: name, format: 'coop' });
        expect(dataset?.imageRoot).toBe(join(folder, root));
        expect(counts).toEqual({ train: 1, val: 0, test: 1 });
        expect(problems.map(({ kind }) => kind)).toContain('expected-counts');
      }
      const auto = await add('auto', join(folder, at, split));
      expect(auto.dataset).toMatchObject({ template, preset: name });
      expect(auto.dataset?.imageRoot).toBe(join(folder, root));
    },
  );

  it('another file than the published split is refused under its name', async () => {
    text('split.json', ['{"train": [["a/1.png", 0, "a"]]}']);
    await expect(add('OxfordPets', join(folder, 'split.json'))).rejects.toThrow(
      'split.json is not what OxfordPets is read from: give its folder or its split_zhou_OxfordPets.json',
    );
  });

  it('a difference to the paper is told with both numbers', async () => {
    await pictures('images/a/1.png');
    text('split_zhou_OxfordPets.json', ['{"train": [["a/1.png", 0, "a"]]}']);
    const { problems } = await add('OxfordPets');
    expect(problems.find(({ kind }) => kind === 'expected-counts')?.message).toBe(
      'there are 1 classes and not 37, 1 training images and not 2944, 0 validation images and not 736, 0 test images and not 3669, as the CoOp paper counts OxfordPets',
    );
  });

  it('what is missing is named', async () => {
    await expect(add('OxfordPets')).rejects.toThrow(
      /OxfordPets in .* lacks images, split_zhou_OxfordPets\.json or annotations\/trainval\.txt/,
    );
    await pictures('jpg/1.png');
    await expect(add('OxfordFlowers')).rejects.toThrow('lacks split_zhou_OxfordFlowers.json');
    text('variants.txt', ['707-320']);
    await expect(add('FGVCAircraft')).rejects.toThrow(
      'lacks images, images_variant_train.txt, images_variant_val.txt, images_variant_test.txt',
    );
    const flowers = presetNamed('OxfordFlowers');
    if (!flowers) throw new Error('no preset');
    const split = 'split_zhou_OxfordFlowers.json';
    const listed = (present: boolean) => [
      { anyOf: ['jpg'], present: true },
      { anyOf: [split], present },
    ];
    expect(presetChecklist(flowers, folder)).toEqual(listed(false));
    text(split, ['{}']);
    expect(presetChecklist(flowers, folder)).toEqual(listed(true));
    await pictures('images/train/n01/1.png');
    await expect(add('ImageNet')).rejects.toThrow('lacks classnames.txt, images/val');
    const imagenet = presetNamed('ImageNet');
    if (!imagenet) throw new Error('no preset');
    expect(presetChecklist(imagenet, folder)).toEqual([
      { anyOf: ['classnames.txt'], present: false },
      { anyOf: ['images/train'], present: true },
      { anyOf: ['images/val'], present: false },
    ]);
  });
});

describe('a folder that is something else than it looks', () => {
  it('that of all datasets is no dataset of classes', async () => {
    await pictures('dtd/images/a/1.png', 'eurosat/2750/b/1.png');
    const split = '{"train": [["a/1.png", 0, "a"]]}';
    text('dtd/split_zhou_DescribableTextures.json', [split]);
    text('eurosat/split_zhou_EuroSAT.json', [split]);
    await expect(add('auto')).rejects.toThrow(
      'holds datasets of their own (dtd, eurosat): give the folder of one',
    );
    expect((await add('dtd')).dataset?.name).toBe('DescribableTextures');
  });

  it("the cars' own archives have lists for folders, and need the split file", async () => {
    await pictures('cars_train/00001.jpg', 'cars_test/00001.jpg');
    await expect(add('StanfordCars')).rejects.toThrow('lacks split_zhou_StanfordCars.json');
  });

  it("ImageNet's validation pictures without class folders are told, and nothing is stored", async () => {
    await pictures('images/train/n01/1.jpg', 'images/train/n02/1.jpg', 'images/val/ILSVRC_1.jpg');
    text('classnames.txt', ['n01 tench', 'n02\tgoldfish']);
    const report = await addDataset(null, { path: folder, dryRun: true });
    expect(report.classes).toEqual(['tench', 'goldfish']);
    expect(report.skipped).toEqual(['val/ILSVRC_1.jpg']);
    expect(report.problems).toContainEqual(
      expect.objectContaining({ kind: 'class-unknown', file: 'images/val' }),
    );
    await expect(add('auto')).rejects.toThrow('images/val has no class folders');
  });
});

describe('without their split file', () => {
  it('FGVC aircraft come from their text lists', async () => {
    await pictures('data/images/1.jpg', 'data/images/2.jpg', 'data/images/3.jpg');
    text('data/variants.txt', ['747-400', 'Cessna 172']);
    text('data/images_variant_train.txt', ['1 Cessna 172']);
    text('data/images_variant_val.txt', ['2 747-400']);
    text('data/images_variant_test.txt', ['3 Cessna 172']);
    for (const format of ['FGVCAircraft', 'auto']) {
      const { dataset, list, classes } = await add(format);
      expect(classes).toEqual(['747-400', 'Cessna 172']);
      expect([list('train'), list('val'), list('test')]).toEqual([
        [['1.jpg', 1]],
        [['2.jpg', 0]],
        [['3.jpg', 1]],
      ]);
      expect(dataset).toMatchObject({ preset: 'FGVCAircraft', madeSplit: null, format: 'lists' });
    }
    text('data/images_variant_test.txt', ['3 Airbus']);
    await expect(add('auto')).rejects.toThrow('the class "Airbus", which the class list does not');
  });

  it('ImageNet comes from its folders, sorted, with the names of classnames.txt', async () => {
    await pictures('images/train/n02/b.png', 'images/train/n02/a.png', 'images/train/n01/c.png');
    await pictures('images/val/n01/v.png');
    text('classnames.txt', ['n02 hammerhead shark', 'n01 tench', 'n03 unused']);
    for (const format of ['ImageNet', 'auto']) {
      const { list, classes, dataset } = await add(format);
      expect(classes).toEqual(['tench', 'hammerhead shark']);
      expect(list('train')).toEqual([
        ['train/n01/c.png', 0],
        ['train/n02/a.png', 1],
        ['train/n02/b.png', 1],
      ]);
      expect([list('val'), list('test')]).toEqual([[], [['val/n01/v.png', 0]]]);
      expect(dataset?.preset).toBe('ImageNet');
    }
    await pictures('images/train/n09/1.png');
    await expect(add('ImageNet')).rejects.toThrow('classnames.txt has no name for the folder n09');
  });

  it('Caltech leaves two folders out and renames four', async () => {
    const names = [
      'BACKGROUND_Google',
      'Faces_easy',
      'airplanes',
      'Faces',
      'Leopards',
      'Motorbikes',
      'ant',
    ];
    await pictures(...names.map((name) => `101_ObjectCategories/${name}/1.png`));
    const { classes, problems } = await add('Caltech101');
    expect(classes).toEqual(['face', 'leopard', 'motorbike', 'airplane', 'ant']);
    expect(made(problems).at(-1)).toMatchObject({ message: /cannot be compared with published/ });
  });

  it('EuroSAT gets its long names', async () => {
    await pictures(...['AnnualCrop', 'Forest', 'SeaLake'].map((name) => `2750/${name}/1.png`));
    expect((await add('EuroSAT')).classes).toEqual(['Annual Crop Land', 'Forest', 'Sea or Lake']);
  });

  it('cars move the year to the front', async () => {
    await pictures('train/Audi S4 Sedan 2012/1.png', 'test/Audi S4 Sedan 2012/2.png');
    expect((await add('StanfordCars')).classes).toEqual(['2012 Audi S4 Sedan']);
  });

  it('SUN reverses the parts of a path and drops the letter', async () => {
    await pictures(...[1, 2, 3, 4, 5].map((i) => `SUN397/a/abbey/${i}.png`));
    await pictures('SUN397/a/apse/indoor/1.png', 'SUN397/a/apse/indoor/2.png');
    text('ClassName.txt', ['/a/abbey', '/a/apse/indoor']);
    text(
      'Training_01.txt',
      [1, 2, 3, 4, 5].map((i) => `/a/abbey/${i}.png`),
    );
    text('Testing_01.txt', ['/a/apse/indoor/1.png', '/a/apse/indoor/2.png']);
    const { classes, counts, list } = await add('SUN397');
    expect(classes).toEqual(['abbey', 'indoor apse']);
    expect(counts).toEqual({ train: 4, val: 1, test: 2 });
    expect(list('test')[0]).toEqual(['a/apse/indoor/1.png', 1]);
  });

  it('UCF splits its names, and its folders are named so', async () => {
    const frames = 'UCF-101-midframes/Apply_Eye_Makeup';
    await pictures(
      `${frames}/v_ApplyEyeMakeup_g08_c01.jpg`,
      `${frames}/v_ApplyEyeMakeup_g01_c01.jpg`,
    );
    text('ucfTrainTestlist/classInd.txt', ['1 ApplyEyeMakeup']);
    text('ucfTrainTestlist/trainlist01.txt', ['ApplyEyeMakeup/v_ApplyEyeMakeup_g08_c01.avi 1']);
    text('ucfTrainTestlist/testlist01.txt', ['ApplyEyeMakeup/v_ApplyEyeMakeup_g01_c01.avi']);
    for (const format of ['UCF101', 'auto']) {
      const { dataset, classes, counts } = await add(format);
      expect(classes).toEqual(['Apply_Eye_Makeup']);
      expect(counts).toEqual({ train: 1, val: 0, test: 1 });
      expect(dataset?.preset).toBe('UCF101');
    }
  });

  it('pets come from their annotations', async () => {
    const ids = ['Abyssinian_1', 'Abyssinian_2', 'american_bulldog_1', 'american_bulldog_2'];
    await pictures(...ids.map((id) => `images/${id}.jpg`));
    text('annotations/trainval.txt', ['Abyssinian_1 1 1 1', 'american_bulldog_1 2 2 1']);
    text('annotations/test.txt', ['#a remark', 'Abyssinian_2 1 1 1', 'american_bulldog_2 2 2 1']);
    for (const format of ['OxfordPets', 'auto']) {
      const { dataset, classes, list } = await add(format);
      expect(classes).toEqual(['abyssinian', 'american_bulldog']);
      expect(list('test')).toEqual([
        ['Abyssinian_2.jpg', 0],
        ['american_bulldog_2.jpg', 1],
      ]);
      expect(dataset?.preset).toBe('OxfordPets');
    }
  });

  it('a training list gives a fifth to val, by the seed', async () => {
    const ids = Array.from({ length: 20 }, (_, i) => `cat_${i}`);
    await pictures(...ids.map((id) => `images/${id}.jpg`));
    text(
      'annotations/trainval.txt',
      ids.slice(0, 15).map((id) => `${id} 1 1 1`),
    );
    text(
      'annotations/test.txt',
      ids.slice(15).map((id) => `${id} 1 1 1`),
    );
    const db = openDatabase(':memory:');
    const seeds = [1, 1, 2].map((seed) => ({
      seed,
      ratio: [50, 20, 30] as [number, number, number],
    }));
    const hashes: string[] = [];
    for (const [index, split] of seeds.entries()) {
      const options = { path: folder, format: 'OxfordPets', name: `${index}`, split };
      const { dataset, counts } = await addDataset(db, options);
      expect(counts).toEqual({ train: 12, val: 3, test: 5 });
      hashes.push(dataset?.splitHash ?? '');
    }
    expect(hashes[1]).toBe(hashes[0]);
    expect(hashes[2]).not.toBe(hashes[0]);
  });
});
