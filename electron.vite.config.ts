import { defineConfig } from 'electron-vite';
import { rendererConfig } from './renderer.vite.config.ts';

/**
 * The window's three parts. Everything in package.json's dependencies stays outside the bundles of
 * the main process (electron-vite's default), native modules and tfjs among them.
 */
export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      rollupOptions: { input: 'src/main/hosts/electron.ts' },
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
