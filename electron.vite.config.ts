import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'electron-vite';
import { rendererConfig } from './renderer.vite.config.ts';

/**
 * The window's three parts. Everything in package.json's dependencies stays outside the bundles of
 * the main process (electron-vite's default), native modules and tfjs among them.
 */
export default defineConfig({
  main: {
    plugins: [{ name: 'without-older-builds', apply: 'build', buildStart: removeOlderBuilds }],
    build: {
      // The engine is built beside it: a plain Node runs it, which strips no types in a package.
      outDir: 'out',
      emptyOutDir: false,
      rollupOptions: {
        input: {
          'main/electron': 'src/main/hosts/electron.ts',
          'engine/process': 'src/engine/process.ts',
          'engine/picture-process': 'src/main/pictures/process.ts',
          'engine/decode-worker': 'src/engine/images/decode-worker.ts',
        },
        output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      // A sandboxed preload can only be CommonJS.
      rollupOptions: {
        input: 'src/preload/index.ts',
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: rendererConfig,
});

/** Parts have hashes for names, so those of builds before this one would stay, and be packed. */
function removeOlderBuilds(): void {
  for (const folder of ['main', 'engine', 'chunks']) {
    rmSync(join('out', folder), { recursive: true, force: true });
  }
}
