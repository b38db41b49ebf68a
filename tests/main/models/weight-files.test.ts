import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { modelNameOf, verifyModel } from '../../../src/main/models/register-model.ts';
import { fingerprint, weightFiles } from '../../../src/main/models/weight-files.ts';
import type { ModelRow } from '../../../src/main/store/models.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fapt-weights-'));
});
afterEach(() => rm(folder, { recursive: true }));

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('fingerprint', () => {
  it('of one file is its SHA-256', async () => {
    await writeFile(join(folder, 'm.safetensors'), 'weights');
    const expected = { sha256: sha256('weights'), sizeBytes: 7 };
    expect(await fingerprint(join(folder, 'm.safetensors'))).toEqual(expected);
    expect(await fingerprint(folder)).toEqual(expected);
  });

  it('of shards covers each of them in order of name', async () => {
    await writeFile(join(folder, 'b.safetensors'), 'two');
    await writeFile(join(folder, 'a.safetensors'), 'one');
    await writeFile(join(folder, 'config.json'), '{}');
    const expected = sha256(`${sha256('one')}\n${sha256('two')}\n`);
    expect(await fingerprint(folder)).toEqual({ sha256: expected, sizeBytes: 6 });
    expect(await weightFiles(folder)).toHaveLength(2);
  });

  it('refuses what is missing or holds no weights', async () => {
    await expect(fingerprint(join(folder, 'none'))).rejects.toMatchObject({
      code: 'weights-missing',
    });
    await expect(fingerprint(folder)).rejects.toMatchObject({ code: 'weights-missing' });
  });
});

describe('verifyModel', () => {
  it('refuses weights that changed under their name', async () => {
    const path = join(folder, 'm.safetensors');
    await writeFile(path, 'weights');
    const model = { name: 'm', path, sha256: sha256('weights') } as ModelRow;
    await expect(verifyModel(model)).resolves.toBeUndefined();
    await writeFile(path, 'others!');
    await expect(verifyModel(model)).rejects.toMatchObject({ code: 'weights-changed' });
  });
});

describe('modelNameOf', () => {
  it('is the folder, or the file without its ending', () => {
    expect(modelNameOf('/a/clip-vit')).toBe('clip-vit');
    expect(modelNameOf('/a/ViT-B.32.safetensors')).toBe('ViT-B.32');
  });
});
