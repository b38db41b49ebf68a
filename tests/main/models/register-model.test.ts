import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registerModel } from '../../../src/main/models/register-model.ts';
import { getModel, listModels } from '../../../src/main/store/models.ts';
import { createTestApp, type TestApp, TINY_REPORT } from '../fixtures/test-app.ts';

let app: TestApp;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fapt-register-'));
  app = await createTestApp({ inspectModel: async () => TINY_REPORT });
});
afterEach(async () => {
  await app.dispose();
  await rm(folder, { recursive: true });
});

async function weights(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

describe('a model whose files are gone', () => {
  it('is found again by content, whatever the file is called now', async () => {
    const old = await registerModel(app, { path: await weights('old.safetensors', 'the weights') });
    await rm(old.path);
    const path = await weights('moved.safetensors', 'the weights');
    const found = await registerModel(app, { path });
    expect(found).toMatchObject({ id: old.id, name: 'old', path });
    expect(listModels(app.db).map(({ name }) => name)).toEqual(['old', 'tiny']);
  });

  it('keeps its name from other weights', async () => {
    const old = await registerModel(app, { path: await weights('a.safetensors', 'one') });
    await rm(old.path);
    const path = await weights('a.safetensors', 'another');
    await rm(path);
    const other = await weights('b.safetensors', 'another');
    await expect(registerModel(app, { path: other, name: 'a' })).rejects.toMatchObject({
      code: 'model-exists',
    });
    expect(getModel(app.db, 'a').sha256).toBe(old.sha256);
  });

  it('that is still there is added under no other name twice', async () => {
    const path = await weights('a.safetensors', 'one');
    await registerModel(app, { path });
    await expect(registerModel(app, { path })).rejects.toMatchObject({ code: 'model-exists' });
  });
});
