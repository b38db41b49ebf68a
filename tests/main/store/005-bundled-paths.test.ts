import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, it } from 'vitest';
import { openDatabase } from '../../../src/main/store/database.ts';
import { getDataset } from '../../../src/main/store/datasets.ts';
import { migrate } from '../../../src/main/store/migrate.ts';
import { MIGRATIONS } from '../../../src/main/store/migrations/index.ts';
import { getModel } from '../../../src/main/store/models.ts';
import { resourcesFolder } from '../../../src/main/workspace/resources.ts';

const model = (id: string, path: string, bundled: number) =>
  `INSERT INTO models VALUES ('${id}', '${id}', '${path}', 'huggingface', 'aa', 1, '{}', ${bundled}, 1);`;
const dataset = (id: string, source: string, root: string, demo: number) =>
  `INSERT INTO datasets (id, name, format, source, image_root, class_names, template, split_hash,
     clustered, demo, problems, skipped, created_at)
   VALUES ('${id}', '${id}', 'coop', '${source}', '${root}', '["a"]', 'a {}.', 'bb', 0, ${demo},
     '[]', '[]', 1);`;

const OLD = '/opt/old demo/resources/demo';
const ROWS = [
  model('demo-clip', `${OLD}/model`, 1),
  model('mine', '/home/me/demo/model', 0),
  dataset(
    'demo-food',
    `${OLD}/datasets/demo-food/split.json`,
    `${OLD}/datasets/demo-food/images`,
    1,
  ),
  dataset('on-windows', 'C:\\App\\demo\\datasets\\demo-food\\split.json', 'D:\\moved', 1),
  dataset('mine', '/home/me/demo/datasets/demo-x/split.json', '/home/me/demo/datasets/demo-x', 0),
];

it('migration 5 lets bundled rows follow the installation, and leaves the others', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fapt-migration-'));
  const file = join(folder, 'fapt.sqlite');
  const old = new Sqlite(file);
  migrate(old, MIGRATIONS.slice(0, 4), () => {});
  old.exec(ROWS.join('\n'));
  old.close();
  const db = openDatabase(file);
  const demo = join(resourcesFolder(), 'demo');
  expect(getModel(db, 'demo-clip').path).toBe(join(demo, 'model'));
  expect(getModel(db, 'mine').path).toBe('/home/me/demo/model');
  const places = (name: string) => {
    const { source, imageRoot } = getDataset(db, name);
    return [source, imageRoot];
  };
  const food = join(demo, 'datasets', 'demo-food');
  expect(places('demo-food')).toEqual([join(food, 'split.json'), join(food, 'images')]);
  expect(places('on-windows')).toEqual([join(food, 'split.json'), 'D:\\moved']);
  expect(places('mine')[1]).toBe('/home/me/demo/datasets/demo-x');
  db.close();
  rmSync(folder, { recursive: true });
});
