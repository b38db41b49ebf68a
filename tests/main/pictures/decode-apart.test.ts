import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPicture } from '../../../src/main/datasets/read-picture.ts';
import { DecodeApart } from '../../../src/main/pictures/decode-apart.ts';
import { temporaryFolder } from '../datasets/make-dataset.ts';

const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const fixture = (name: string) => pathOf(`../../fixtures/pictures/${name}`);

let folder: string;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a process of its own', () => {
  it('answers what the tasks answer here', async () => {
    const apart = new DecodeApart();
    expect(await apart.run('read', fixture('photo-420.jpg'))).toEqual(
      await readPicture(fixture('photo-420.jpg')),
    );
    const thumbnail = await apart.run('thumbnail', fixture('photo.png'), 20);
    expect(thumbnail).toMatchObject({ width: 20, picture: { width: 67, height: 41 } });
    expect(thumbnail.bytes).toBeInstanceOf(Uint8Array);
    expect(await apart.run('miniature', fixture('photo.png'))).toHaveLength(768);
    expect(await apart.run('size', fixture('photo.png'))).toEqual({ width: 67, height: 41 });
    await expect(apart.run('thumbnail', fixture('cases.json'), 20)).rejects.toMatchObject({
      code: 'image-unreadable',
      message: expect.stringContaining('cases.json could not be read as an image'),
    });
  });

  it('keeps no application open', () => {
    const module = pathOf('../../../src/main/pictures/decode-apart.ts');
    const script = join(folder, 'ask.mjs');
    writeFileSync(
      script,
      `import { decodeApart } from ${JSON.stringify(module)};
       console.log((await decodeApart('miniature', ${JSON.stringify(fixture('photo.png'))})).length);`,
    );
    const run = spawnSync(process.execPath, [script], { timeout: 60_000, encoding: 'utf8' });
    expect([run.status, run.stdout.trim()]).toEqual([0, '768']);
  });
});

describe('a process that dies', () => {
  it('of one file fails that file alone, by its name', async () => {
    const apart = new DecodeApart(pathOf('./dying-process.ts'));
    const asked = ['a.png', 'deadly.png', 'longer.png', 'b.png'].map((path) =>
      apart.run('read', path),
    );
    const [a, deadly, longer, b] = await Promise.allSettled(asked);
    expect([a, longer, b]).toMatchObject([{ value: 5 }, { value: 10 }, { value: 5 }]);
    expect(deadly).toMatchObject({
      reason: {
        code: 'decoder-died',
        message: expect.stringMatching(/died at deadly\.png \(SIGSEGV\): replace or remove/),
      },
    });
    expect(await apart.run('read', 'again.png')).toBe(9);
  });

  it('by a hand, with 500 pictures under way, loses none', async () => {
    const camera = { exif: { IFD0: { Make: 'x'.repeat(500) } } };
    const background = { width: 30, height: 20, channels: 3 as const, background: 'teal' };
    const bytes = await sharp({ create: background })
      .withMetadata(camera)
      .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/">${' '.repeat(2000)}</x:xmpmeta>`)
      .jpeg()
      .toBuffer();
    const paths = Array.from({ length: 500 }, (_, i) => join(folder, `${i}.jpg`));
    for (const path of paths) writeFileSync(path, bytes);
    const apart = new DecodeApart();
    let read = 0;
    let killed = 0;
    const next = paths.values();
    const work = async () => {
      for (const path of next) {
        expect(await apart.run('read', path)).toMatchObject({ width: 30, height: 20 });
        read += 1;
        if (read === 100 && apart.pid !== null) killed = Number(process.kill(apart.pid, 'SIGKILL'));
      }
    };
    await Promise.all(Array.from({ length: 8 }, work));
    expect([read, killed]).toEqual([500, 1]);
  });

  it('before it could start says that it is the application that is broken', async () => {
    const apart = new DecodeApart(join(folder, 'none.ts'));
    await expect(apart.run('read', 'a.png')).rejects.toMatchObject({ code: 'decoder-broken' });
  });
});
