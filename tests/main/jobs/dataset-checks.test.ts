import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createChanges } from '../../../src/main/api/changes.ts';
import { DatasetChecks } from '../../../src/main/jobs/dataset-checks.ts';
import { getDataset } from '../../../src/main/store/datasets.ts';
import { picture } from '../datasets/make-dataset.ts';
import { createTestApp, type TestApp } from '../fixtures/test-app.ts';

let app: TestApp;
let checks: DatasetChecks;

beforeEach(async () => {
  app = await createTestApp({});
  checks = new DatasetChecks(app.db, createChanges());
});
afterEach(async () => {
  await checks.close();
  await app.dispose();
});

it('one that is asked to read all again, while another is at work, reads all again', async () => {
  const { id, imageRoot } = app.dataset;
  writeFileSync(join(imageRoot, 'class0/test-0.png'), await picture('png', 40));
  checks.start(app.dataset, false);
  checks.start(app.dataset, true);
  await expect.poll(() => checks.list()).toEqual([]);
  expect(getDataset(app.db, id).problems.map(({ kind }) => kind)).toContain('changed');
});
